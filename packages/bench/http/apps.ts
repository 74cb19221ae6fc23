import type { Context, Hono } from 'hono'
import { type Data, SECRET, small } from '../micro/data.ts'

/** Adds one library's session to an app; its route answers how often this visitor was here. */
export type Mount = (app: Hono) => Promise<(c: Context) => number | Promise<number>>

const COOKIE = { path: '/', httpOnly: true, sameSite: 'lax', secure: true } as const
const ATTRIBUTES = '; Path=/; HttpOnly; Secure; SameSite=Lax'

/** The apps, by name. Imported one by one: each server loads its own library alone. */
export const apps: Readonly<Record<string, Mount>> = {
  bare: async () => () => 1,

  'bare, and a middleware that does nothing': async (app) => {
    app.use((_, next) => next())
    return () => 1
  },

  'limit: a Map of JSON': async () => {
    const sessions = new Map<string, string>()
    return (c) => {
      const known = cookieOf(c)
      const found = known && sessions.get(known)
      const data: Data = found ? JSON.parse(found) : small()
      data.views++
      const id = found ? known : crypto.randomUUID()
      if (!found) c.header('set-cookie', `sid=${id}${ATTRIBUTES}`)
      sessions.set(id, JSON.stringify(data))
      return data.views
    }
  },

  'limit: AES-GCM by hand': async () => {
    const { rawNode } = await import('../micro/subjects/limits.ts')
    const raw = await rawNode()
    return (c) => {
      const sealed = cookieOf(c)
      const data = (sealed ? raw.open(sealed) : small()) as Data
      data.views++
      c.header('set-cookie', `sid=${raw.seal(data)}${ATTRIBUTES}`)
      return data.views
    }
  },

  'keepsake, sealed': (app) => keepsake(app, false),
  'keepsake, in memory': (app) => keepsake(app, true),

  '@hono/session': async (app) => {
    const { useSession } = await import('@hono/session')
    app.use(useSession({ secret: SECRET }))
    return async (c) => {
      const session = (c.var as { session: import('@hono/session').Session<Record<string, unknown>> }).session
      const data = ((await session.get()) ?? small()) as unknown as Data
      await session.update({ ...data, views: data.views + 1 })
      return data.views + 1
    }
  },

  'iron-session 9': async () => {
    const { getIronSession } = await import('iron-session')
    const options = { password: SECRET, cookieName: 'sid', cookieOptions: COOKIE }
    return async (c) => {
      // a Response of node-server's own would lose the cookie
      const headers = new Headers()
      const session = await getIronSession<Data>(c.req.raw, headers as never, options)
      if (session.views === undefined) Object.assign(session, small())
      session.views = (session.views ?? 0) + 1
      await session.save()
      for (const line of headers.getSetCookie()) c.header('set-cookie', line, { append: true })
      return session.views
    }
  },

  'hono-sessions, cookie': (app) => honoSessions(app, 'CookieStore'),
  'hono-sessions, in memory': (app) => honoSessions(app, 'MemoryStore'),

  '@remix-run/session, cookie': async () => {
    const { createCookieSessionStorage } = await import('@remix-run/session/cookie-storage')
    return remix(createCookieSessionStorage())
  },
  '@remix-run/session, in memory': async () => {
    const { createMemorySessionStorage } = await import('@remix-run/session/memory-storage')
    return remix(createMemorySessionStorage())
  },
}

function cookieOf(c: Context): string | undefined {
  const header = c.req.header('cookie') ?? ''
  const start = header.indexOf('sid=')
  return start === -1 ? undefined : header.slice(start + 4).split(';', 1)[0]
}

async function keepsake(app: Hono, inMemory: boolean): ReturnType<Mount> {
  const { MemoryStore, SessionManager } = await import('keepsake')
  const { session } = await import('keepsake/hono')
  const cookie = { secure: true }
  const sessions = inMemory
    ? new SessionManager<Data>({ secrets: SECRET, cookie, store: new MemoryStore() })
    : new SessionManager<Data>({ secrets: SECRET, cookie })
  app.use(session(sessions))
  return (c) => {
    const { data } = (c.var as { session: Awaited<ReturnType<typeof sessions.load>> }).session
    if (data.views === undefined) Object.assign(data, small())
    data.views = (data.views ?? 0) + 1
    return data.views
  }
}

async function honoSessions(app: Hono, store: 'CookieStore' | 'MemoryStore'): ReturnType<Mount> {
  const library = await import('hono-sessions')
  app.use(
    library.sessionMiddleware({
      store: new library[store](),
      ...(store === 'CookieStore' && { encryptionKey: SECRET }),
      expireAfterSeconds: 3600,
      sessionCookieName: 'sid',
      cookieOptions: { ...COOKIE, sameSite: 'Lax' },
    }) as never,
  )
  return (c) => {
    const { session } = c.var as { session: import('hono-sessions').Session<Data> }
    if (!session.get('userId'))
      for (const [key, value] of Object.entries(small())) session.set(key as keyof Data, value as never)
    const views = (session.get('views') ?? 0) + 1
    session.set('views', views)
    return views
  }
}

async function remix(storage: {
  read(cookie: string | null): unknown
  save(session: never): unknown
}): ReturnType<Mount> {
  const { createCookie } = await import('@remix-run/cookie')
  const cookie = createCookie('sid', { secrets: [SECRET], ...COOKIE, sameSite: 'Lax' })
  interface RemixSession {
    get(key: string): unknown
    set(key: string, value: unknown): void
  }
  return async (c) => {
    const value = await cookie.parse(c.req.header('cookie') ?? null)
    const session = (await storage.read(value)) as RemixSession
    if (!session.get('userId')) for (const [key, member] of Object.entries(small())) session.set(key, member)
    const views = ((session.get('views') as number | undefined) ?? 0) + 1
    session.set('views', views)
    const saved = (await storage.save(session as never)) as string | null
    if (saved !== null) c.header('set-cookie', await cookie.serialize(saved))
    return views
  }
}
