import type { Store } from 'keepsake'
import { type DenoKv, denoKvStore, withSession } from 'keepsake/deno'
import { type App, makeApp } from './app.ts'
import { honoApp } from './hono-app.ts'

interface Host {
  serve(
    options: { hostname: string; port: number; onListen(): void; onError(error: unknown): Response },
    handler: (request: Request) => Response | Promise<Response>,
  ): { readonly addr: { readonly port: number } }
  openKv(path: string): Promise<DenoKv>
}

const { Deno } = globalThis as unknown as { readonly Deno: Host }
const options = {
  hostname: '127.0.0.1',
  port: 0,
  onListen: () => {},
  onError: () => new Response('sorry', { status: 500 }),
}

const stacks: Readonly<Record<string, (app: App) => (request: Request) => Response | Promise<Response>>> = {
  'Deno.serve': ({ sessions, answer }) =>
    withSession(sessions, (request, session) => answer({ url: new URL(request.url) }, session)),
  Hono: (app) => (request) => honoApp(app).fetch(request),
}

const backings: Readonly<Record<string, () => Promise<Store | undefined>>> = {
  sealed: async () => undefined,
  'Deno KV': async () => denoKvStore(await Deno.openKv(':memory:')),
}

const served: object[] = []
for (const [stack, handlerOf] of Object.entries(stacks)) {
  for (const [backing, store] of Object.entries(backings)) {
    const { addr } = Deno.serve(options, handlerOf(makeApp(await store())))
    served.push({ stack, backing, port: addr.port })
  }
}
console.log(JSON.stringify(served))
