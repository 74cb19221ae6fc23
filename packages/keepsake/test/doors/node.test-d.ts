import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import express, { type Request as Request5 } from 'express'
import express4, { type Request as Request4 } from 'express4'
import { expectTypeOf, it } from 'vitest'
import type { RequestLike, Session, SessionManager } from '../../src/index.ts'
import {
  type ConnectionOptions,
  type ExpressSessionRequest,
  expressSession,
  type LazySessionRequest,
  requestLike,
  type SessionRequest,
  session,
  withSession,
} from '../../src/node.ts'

interface Data {
  cart: string[]
}
interface Flash {
  notice: string
}

declare const sessions: SessionManager<Data, Flash>

it('is middleware of Express 5', () => {
  const app = express()
  app.use(session(sessions))
  app.use('/shop', session(sessions, { lazy: true }))
  app.use(session.errors)
  app.get('/', (req, res) => {
    const { session } = req as Request5 & SessionRequest<typeof sessions>
    expectTypeOf(session).toEqualTypeOf<Session<Data, Flash>>()
    res.send(session.data.cart)
  })
})

it('is middleware of Express 4', () => {
  const app = express4()
  app.use(session(sessions))
  app.use(session.errors)
  app.get('/', (req, res) => {
    const { session } = req as Request4 & SessionRequest<typeof sessions>
    expectTypeOf(session.take('notice')).toEqualTypeOf<string | undefined>()
    res.send('')
  })
})

it('can be declared for an app', () => {
  interface Request extends IncomingMessage, SessionRequest<typeof sessions> {}
  expectTypeOf<Request['session']['data']>().toEqualTypeOf<Partial<Data>>()
  interface Lazy extends IncomingMessage, LazySessionRequest<typeof sessions> {}
  expectTypeOf<Lazy['session']>().toEqualTypeOf<() => Promise<Session<Data, Flash>>>()
})

it('takes the requests of node:http and node:http2', () => {
  createServer((req, res) => session(sessions)(req, res, () => res.end()))
  createHttp2Server((req, res) => session(sessions)(req, res, () => res.end()))
})

it('withSession is a listener that knows its types', () => {
  createServer(
    withSession(sessions, (req, res, session) => {
      expectTypeOf(req).toExtend<IncomingMessage>()
      expectTypeOf(res).toExtend<ServerResponse>()
      expectTypeOf(session).toEqualTypeOf<Session<Data, Flash>>()
      res.end(req.url)
    }),
  )
  const listener = withSession(sessions, (req, res) => res.end(req.url))
  expectTypeOf(listener).toEqualTypeOf<(req: IncomingMessage, res: ServerResponse) => void>()
})

it('takes the same of the connection everywhere', () => {
  const connection = { trustProxy: ['loopback', '10.0.0.0/8'], secure: 'auto' } as const
  expectTypeOf(connection).toExtend<ConnectionOptions>()
  session(sessions, { ...connection, lazy: true })
  session(sessions, { trustProxy: 1 })
  createServer((req) => expectTypeOf(requestLike(req, connection)).toEqualTypeOf<RequestLike>())
  createServer(
    withSession(sessions, (_req, res) => res.end(), {
      ...connection,
      onError(error, req, res) {
        expectTypeOf(error).toBeUnknown()
        expectTypeOf(req).toExtend<IncomingMessage>()
        expectTypeOf(res).toExtend<ServerResponse>()
      },
    }),
  )
})

it('refuses other options', () => {
  // @ts-expect-error whoever can reach the port could then pass for a proxy
  session(sessions, { trustProxy: true })
  // @ts-expect-error it is a list, even of one
  session(sessions, { trustProxy: 'loopback' })
  // @ts-expect-error the manager's cookie.secure: true says that
  withSession(sessions, (_req, res) => res.end(), { secure: true })
  // @ts-expect-error there is no such option
  session(sessions, { eager: true })
})

it('expressSession is middleware whose data are properties of req.session', () => {
  const app = express()
  app.use(expressSession(sessions, { trustProxy: 1, secure: 'auto' }))
  app.use(expressSession.errors)
  app.get('/', async (incoming, res) => {
    const req = incoming as Request5 & ExpressSessionRequest<typeof sessions>
    expectTypeOf(req.session.cart).toEqualTypeOf<string[] | undefined>()
    expectTypeOf(req.session.save).toBeFunction()
    expectTypeOf(req.sessionID).toBeString()
    expectTypeOf(req.session.cookie.maxAge).toEqualTypeOf<number | null>()
    req.session = { cart: [] }
    req.session = null
    req.session.cookie.maxAge = 60_000
    req.session.cookie.expires = false
    req.sessionOptions.maxAge = undefined
    req.session.regenerate((error) => res.send(String(error)))
    await req.session.save()
    // @ts-expect-error it is the manager's
    req.session.cookie.secure = true
    // @ts-expect-error ids are not made by the app
    req.session.id = 'mine'
    // @ts-expect-error no such data
    req.session = { basket: [] }
  })
})

it('refuses what express-session and cookie-session are told', () => {
  // @ts-expect-error it takes a manager
  expressSession({ secret: 'keyboard cat' })
  // @ts-expect-error nothing is saved that has not changed
  expressSession(sessions, { resave: false })
  // @ts-expect-error use renews
  expressSession(sessions, { rolling: true })
  // @ts-expect-error nothing is kept of a visitor for whom nothing was written
  expressSession(sessions, { saveUninitialized: false })
  // @ts-expect-error null ends the session
  expressSession(sessions, { unset: 'destroy' })
  // @ts-expect-error ids are made here
  expressSession(sessions, { genid: () => 'mine' })
  // @ts-expect-error trustProxy says whom to believe
  expressSession(sessions, { proxy: true })
  // @ts-expect-error it is the manager's
  expressSession(sessions, { name: 'shop' })
  // @ts-expect-error it is the manager's
  expressSession(sessions, { secret: 'keyboard cat' })
})

it('keeps no data under the names of members', () => {
  const app = express()
  const odd = {} as SessionManager<{ save: string; views: number }, Flash>
  app.use(expressSession(odd))
  app.get('/', (req) => {
    const { session } = req as Request5 & ExpressSessionRequest<typeof odd>
    expectTypeOf(session.save).toBeFunction()
    session.views = 1
    // @ts-expect-error a method
    session.save = 'me'
  })
})
