import { Client } from 'pg'
import { SessionManager } from '../../src/index.ts'
import { postgresStore } from '../../src/postgres.ts'

interface Env {
  readonly SESSION_SECRET: string
  readonly DATABASE_URL: string
}

interface Context {
  waitUntil(promise: Promise<unknown>): void
}

let managers = 0

/** Workerd lets no request use a socket that another one opened: each has a client, and a manager, of its own. */
export default {
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    const client = new Client(env.DATABASE_URL)
    await client.connect()
    const sessions = new SessionManager<{ views: number }>({
      secrets: env.SESSION_SECRET,
      store: postgresStore(client),
    })
    const manager = ++managers
    try {
      return await sessions.run(request, async (session) => {
        await sessions.update(session, (data) => {
          data.views = (data.views ?? 0) + 1
        })
        if (session.isNew) session.data.views = 1
        return Response.json({ manager, id: session.id, views: session.data.views })
      })
    } finally {
      context.waitUntil(client.end())
    }
  },
}
