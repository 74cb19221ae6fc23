import type { Store } from 'keepsake'
import {
  d1Store,
  durableObjectStore,
  kvStore,
  type SessionObjectNamespace,
  withSession,
} from 'keepsake/cloudflare'
import { type App, makeApp } from './app.ts'
import { honoApp } from './hono-app.ts'

export { SessionObject } from 'keepsake/cloudflare/object'

interface Env {
  readonly KV: Parameters<typeof kvStore>[0]
  readonly D1: Parameters<typeof d1Store>[0]
  readonly SESSIONS: SessionObjectNamespace<unknown>
}

type Handler = (request: Request, env: Env, ctx: never) => Response | Promise<Response>

const stacks: Readonly<Record<string, (app: App) => Handler>> = {
  workerd: ({ sessions, answer }) =>
    withSession(sessions, (request: Request, session, _env: Env, _ctx: never) =>
      answer({ url: new URL(request.url) }, session),
    ),
  Hono: (app) => {
    const hono = honoApp(app)
    return (request) => hono.fetch(request)
  },
}

const backings: Readonly<Record<string, (env: Env, stack: string) => Promise<Store | undefined>>> = {
  sealed: async () => undefined,
  D1: async ({ D1 }, stack) => {
    const store = d1Store(D1, { table: stack })
    await store.migrate()
    return store
  },
  'Durable Objects': async ({ SESSIONS }, prefix) => durableObjectStore(SESSIONS, { prefix }),
  'Workers KV': async ({ KV }, prefix) => kvStore(KV, { prefix }),
}

const handlers = new Map<string, Promise<Handler>>()

/** Which of the apps is meant stands in a header. */
export default {
  async fetch(request: Request, env: Env, ctx: never): Promise<Response> {
    const [stack = '', backing = ''] = (request.headers.get('x-served') ?? '').split('/')
    const name = `${stack}/${backing}`
    if (!handlers.has(name)) handlers.set(name, make(stack, backing, env))
    return (await (handlers.get(name) as Promise<Handler>))(request, env, ctx)
  },
}

async function make(stack: string, backing: string, env: Env): Promise<Handler> {
  const [handlerOf, storeOf] = [stacks[stack], backings[backing]]
  if (!handlerOf || !storeOf) return () => new Response('no such app', { status: 404 })
  return handlerOf(makeApp(await storeOf(env, stack)))
}
