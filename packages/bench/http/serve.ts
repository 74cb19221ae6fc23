// Serves one app on whatever runtime runs this file: serve.ts <app> <port>
import process from 'node:process'
import { appOf } from './app.ts'

const [name = '', port = ''] = process.argv.slice(2)
const { fetch } = await appOf(name)
const where = { port: Number(port), hostname: '127.0.0.1' }
const { Bun, Deno } = globalThis as unknown as {
  Bun?: { serve(options: object): unknown }
  Deno?: { serve(options: object, handle: typeof fetch): unknown }
}
if (Bun) Bun.serve({ ...where, fetch })
else if (Deno) Deno.serve({ ...where, onListen() {} }, fetch)
else {
  const { serve } = await import('@hono/node-server')
  serve({ ...where, fetch })
}
