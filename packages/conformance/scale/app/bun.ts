import { app } from './app.ts'
import { storeFor } from './store.ts'

interface Host {
  serve(options: {
    hostname: string
    port: number
    idleTimeout: number
    fetch(request: Request): Promise<Response>
  }): { readonly port: number }
}

const { Bun } = globalThis as unknown as { readonly Bun: Host }
const fetch = app(await storeFor('ioredis'))
console.log(Bun.serve({ hostname: '127.0.0.1', port: 0, idleTimeout: 120, fetch }).port)
