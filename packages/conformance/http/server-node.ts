import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import express4 from 'express4'
import { MemoryStore, type Store } from 'keepsake'
import { type SessionRequest, session, withSession } from 'keepsake/node'
import { sqliteStore } from 'keepsake/sqlite'
import { type App, makeApp } from './app.ts'
import { honoApp } from './hono-app.ts'

const askedOf = (req: IncomingMessage): { url: URL } => ({ url: new URL(req.url ?? '/', 'http://localhost') })

/** Sends what a page answered in Node's own way: head first, then the body as it comes. */
async function send(res: ServerResponse, response: Response): Promise<void> {
  const { headers } = response
  for (const [name, value] of headers) if (name !== 'set-cookie') res.setHeader(name, value)
  const own = headers.getSetCookie()
  if (own.length > 0) res.setHeader('set-cookie', own)
  res.writeHead(response.status)
  for await (const chunk of response.body ?? []) if (!res.write(chunk)) await once(res, 'drain')
  res.end()
}

function plain({ sessions, answer }: App): RequestListener {
  return withSession(sessions, async (req, res, session) => send(res, await answer(askedOf(req), session)), {
    onError: (_error, _req, res) => (res.headersSent ? res.destroy() : res.writeHead(500).end('sorry')),
  })
}

function expressed(make: typeof express, { sessions, answer }: App): RequestListener {
  const app = make()
  app.use(session(sessions))
  app.use('/', (req, res, next) => {
    const { session } = req as unknown as SessionRequest<App['sessions']>
    Promise.resolve()
      .then(async () => send(res, await answer(askedOf(req), session)))
      .catch(next)
  })
  app.use(session.errors)
  app.use((_error: unknown, _req: unknown, res: ServerResponse, _next: unknown) => {
    if (res.headersSent) res.destroy()
    else res.writeHead(500).end('sorry')
  })
  return app
}

const stacks: Readonly<Record<string, (app: App) => RequestListener>> = {
  'node:http': plain,
  '@hono/node-server': (app) => getRequestListener(honoApp(app).fetch),
  'Express 5': (app) => expressed(express, app),
  'Express 4': (app) => expressed(express4 as unknown as typeof express, app),
}

const backings: Readonly<Record<string, () => Store | undefined>> = {
  sealed: () => undefined,
  ...(process.getBuiltinModule('node:sqlite')
    ? { 'node:sqlite': () => sqliteStore(':memory:') }
    : { MemoryStore: () => new MemoryStore() }),
}

const served: object[] = []
for (const [stack, listenerOf] of Object.entries(stacks)) {
  for (const [backing, store] of Object.entries(backings)) {
    const server = createServer(listenerOf(makeApp(store()))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    served.push({ stack, backing, port: (server.address() as AddressInfo).port })
  }
}

for (const [stack, listenerOf] of Object.entries(stacks).filter(([name]) => !name.startsWith('Express'))) {
  const server = createHttp2Server(listenerOf(makeApp()) as never).listen(0, '127.0.0.1')
  await once(server, 'listening')
  served.push({
    stack: `node:http2, ${stack}`,
    backing: 'sealed',
    port: (server.address() as AddressInfo).port,
  })
}
console.log(JSON.stringify(served))
