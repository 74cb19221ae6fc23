import { createHmac } from 'node:crypto'
import {
  type SessionEnv,
  type SessionOptions,
  type Storage,
  useSession,
  useSessionStorage,
} from '@hono/session'
import * as remix from '@remix-run/server-runtime'
import { H3, type SessionConfig, useSession as useSession2 } from 'h3'
import { createApp, eventHandler, toWebHandler, useSession as useSession1 } from 'h3v1'
import { Hono } from 'hono'
import { getIronSession as getIronSession9 } from 'iron-session'
import { getIronSession as getIronSession8 } from 'iron-session8'
import { createCookieSessionStorage, createMemorySessionStorage, type SessionStorage } from 'react-router'
import type { Jar } from './kit.ts'

/** 32 random bytes; they guard nothing. */
export const SECRET = 'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3C'
export const OTHER = 'm3VbX9eKc7RtZ1uQyWn5aLd8sGf2hJp6oTiUkExNrYB'

export type Data = Record<string, unknown>

export const DATA: Data = { user: { id: 7, name: 'José 😀' }, list: [1, 2.5, null, true] }

/** An old app of some library that keeps this in a session; the cookies of its visitor's browser. */
export type OldApp<Options> = (options?: Options, data?: Data) => Promise<Jar>

// a new one each time: h3 remembers sessions by it
const request = (): Request => new Request('http://app.example/')

function jarOf(lines: readonly string[]): Jar {
  return Object.fromEntries(lines.map((line) => line.split(';', 1)[0]?.split('=') ?? []))
}

type GetIronSession = (request: Request, response: Response, options: object) => Promise<object>

function ironApp(getIronSession: GetIronSession): OldApp<object> {
  return async (options = {}, data = DATA) => {
    const response = new Response()
    const settings = { cookieName: 'auth', password: SECRET, ...options }
    const session = await getIronSession(request(), response, settings)
    await (Object.assign(session, data) as { save?(): Promise<void> }).save?.()
    return jarOf(response.headers.getSetCookie())
  }
}

export const ironSession8: OldApp<object> = ironApp(getIronSession8 as GetIronSession)
export const ironSession9: OldApp<object> = ironApp(getIronSession9 as GetIronSession)

type H3Config = Partial<SessionConfig>

export const h3v1: OldApp<H3Config> = async (config = {}, data = DATA) => {
  const app = createApp().use(
    eventHandler(async (event) => {
      const session = await useSession1<Data>(event, { password: SECRET, ...(config as object) })
      await session.update(data)
      return ''
    }),
  )
  return jarOf((await toWebHandler(app)(request())).headers.getSetCookie())
}

export const h3v2: OldApp<H3Config> = async (config = {}, data = DATA) => {
  const app = new H3().get('/', async (event) => {
    const session = await useSession2<Data>(event, { password: SECRET, ...config })
    await session.update(data)
    return ''
  })
  return jarOf((await app.fetch(request())).headers.getSetCookie())
}

export const honoSession: OldApp<SessionOptions<Data> & { storage?: Storage<Data> }> = async (
  { storage, ...options } = {},
  data = DATA,
) => {
  const app = new Hono<SessionEnv<Data>>()
  if (storage) app.use(useSessionStorage(storage))
  app.use(useSession({ secret: SECRET, ...options }))
  app.get('/', async (c) => {
    await c.var.session.update(data)
    return c.text('')
  })
  return jarOf((await app.request(request())).headers.getSetCookie())
}

/** A storage of React Router or Remix keeps this. */
export async function committed(storage: SessionStorage, data: Data = DATA): Promise<Jar> {
  const session = await storage.getSession()
  for (const [key, value] of Object.entries(data)) session.set(key, value)
  return jarOf([await storage.commitSession(session)])
}

interface CookieConfig {
  readonly name?: string
  readonly secrets?: string[]
}

/** The storages of a library: in a cookie, and by an id in it. */
export interface Storages {
  cookie(options: CookieConfig): SessionStorage
  memory(options: CookieConfig): SessionStorage
}

export const reactRouter: Storages = {
  cookie: (options) => createCookieSessionStorage({ cookie: { name: '__session', ...options } }),
  memory: (options) => createMemorySessionStorage({ cookie: { name: '__session', ...options } }),
}

/** Remix leaves signing to its adapters; so does the one for Node. */
const createCookie = remix.createCookieFactory({
  sign: async (value, secret) => {
    const mac = createHmac('sha256', secret).update(value).digest('base64')
    return `${value}.${mac.replace(/=+$/, '')}`
  },
  unsign: async (cookie) => cookie.slice(0, cookie.lastIndexOf('.')),
})
const createSessionStorage = remix.createSessionStorageFactory(createCookie)

export const remix2 = {
  cookie: (options) =>
    remix.createCookieSessionStorageFactory(createCookie)({ cookie: { name: '__session', ...options } }),
  memory: (options) =>
    remix.createMemorySessionStorageFactory(createSessionStorage)({
      cookie: { name: '__session', ...options },
    }),
} as Storages
