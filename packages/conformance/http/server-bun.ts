import type { Store } from 'keepsake'
import { withSession } from 'keepsake/bun'
import { sqliteStore } from 'keepsake/sqlite'
import { type App, makeApp } from './app.ts'
import { honoApp } from './hono-app.ts'

type Handler = (request: Request) => Response | Promise<Response>

interface Host {
  serve(options: { hostname: string; port: number; fetch: Handler; error(error: unknown): Response }): {
    readonly port: number
  }
}

const { Bun } = globalThis as unknown as { readonly Bun: Host }

const stacks: Readonly<Record<string, (app: App) => Handler>> = {
  'Bun.serve': ({ sessions, answer }) =>
    withSession(sessions, async (request: Request, session) =>
      answer({ url: new URL(request.url) }, session),
    ),
  Hono: (app) => (request) => honoApp(app).fetch(request),
}

const backings: Readonly<Record<string, () => Store | undefined>> = {
  sealed: () => undefined,
  'bun:sqlite': () => sqliteStore(':memory:'),
}

const served: object[] = []
for (const [stack, handlerOf] of Object.entries(stacks)) {
  for (const [backing, store] of Object.entries(backings)) {
    const { port } = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: handlerOf(makeApp(store())),
      error: () => new Response('sorry', { status: 500 }),
    })
    served.push({ stack, backing, port })
  }
}
console.log(JSON.stringify(served))
