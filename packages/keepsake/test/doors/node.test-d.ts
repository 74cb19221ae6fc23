import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import express, { type Request as Request5 } from 'express'
import express4, { type Request as Request4 } from 'express4'
import { expectTypeOf, it } from 'vitest'
import type { Session, SessionManager } from '../../src/index.ts'
import { type LazySessionRequest, type SessionRequest, session, withSession } from '../../src/node.ts'

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

it('refuses other options', () => {
  // @ts-expect-error there is no such option
  session(sessions, { eager: true })
})
