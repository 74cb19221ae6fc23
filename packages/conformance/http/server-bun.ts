import type { Store } from 'keepsake'
import { type UpgradingServer, upgrade, withSession } from 'keepsake/bun'
import { sqliteStore } from 'keepsake/sqlite'
import { type App, makeApp } from './app.ts'
import { honoApp } from './hono-app.ts'
import type { Visit } from './routes.ts'

type Server = UpgradingServer<Request, undefined>
type Handler = (request: Request, server: Server) => Response | Promise<Response | undefined>

interface Host {
  serve(options: {
    hostname: string
    port: number
    fetch: Handler
    error(error: unknown): Response
    websocket: { message(): void }
  }): { readonly port: number }
}

const { Bun } = globalThis as unknown as { readonly Bun: Host }

const stacks: Readonly<Record<string, (app: App) => Handler>> = {
  'Bun.serve': (app) =>
    withSession(app.sessions, (request, session, server) => page(app, request, session, server)),
  Hono: (app) => (request) => honoApp(app).fetch(request),
}

/** The app's pages, and one that becomes a socket. */
async function page(
  { sessions, answer }: App,
  request: Request,
  session: Visit,
  server: Server,
): Promise<Response> {
  const asked = { url: new URL(request.url) }
  const answered = await answer(asked, session)
  if (asked.url.pathname !== '/socket') return answered
  return (await upgrade(sessions, session, server, request)) ?? answered
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
      websocket: { message: () => {} },
    })
    served.push({ stack, backing, port })
  }
}
console.log(JSON.stringify(served))
