import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import express, { type Request as Request5 } from 'express'
import express4, { type Request as Request4 } from 'express4'
import { expectTypeOf, it } from 'vitest'
import type { RequestLike, Session, SessionManager } from '../../src/index.ts'
import {
  type ConnectionOptions,
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
