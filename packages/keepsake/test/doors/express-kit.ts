import type { RequestListener } from 'node:http'
import express, { type Response as ExpressResponse, type Request } from 'express'
import express4 from 'express4'
import { MemoryStore, type SessionManager } from '../../src/index.ts'
import { type ConnectionOptions, type ExpressSessionRequest, expressSession } from '../../src/node.ts'
import { fakeClock } from '../../src/testing.ts'
import { bench, type Options, type Sessions } from '../core/kit.ts'
import { listen, visitorOf } from './node-servers.ts'

export const makers: Readonly<Record<string, typeof express>> = {
  'Express 5': express,
  'Express 4': express4 as unknown as typeof express,
}

export type ExpressReq = Request & ExpressSessionRequest<SessionManager>
export type ExpressRes = ExpressResponse
export type ExpressHandler = (req: ExpressReq, res: ExpressRes, next: (error?: unknown) => void) => unknown

/** An app with these routes behind `expressSession`, and what has reached its error handler. */
export async function serveExpress(
  make: typeof express,
  sessions: Sessions,
  routes: Readonly<Record<string, ExpressHandler>>,
  options: ConnectionOptions = {},
): Promise<{ visitor: ReturnType<typeof visitorOf>; errors: unknown[]; port: number }> {
  const app = make()
  const errors: unknown[] = []
  app.use(expressSession(sessions, options))
  for (const [path, handle] of Object.entries(routes)) app.all(path, handle as never)
  app.use(expressSession.errors)
  app.use((error: unknown, _req: Request, res: ExpressRes, _next: unknown) => {
    errors.push(error)
    if (res.headersSent) res.destroy()
    else res.status(500).send('sorry')
  })
  const port = await listen(app as unknown as RequestListener)
  return { visitor: visitorOf(port), errors, port }
}

/** Managers over memory, and what is in it. */
export function stored(options: Options = {}) {
  const clock = fakeClock()
  const store = new MemoryStore({ clock: options.clock ?? clock.now })
  const { make, events } = bench('stored', { store, clock: clock.now, ...options })
  return { clock, store, events, sessions: make() }
}

/** Managers whose sessions are in the cookie. */
export function sealed(options: Options = {}) {
  const { make, clock, events } = bench('sealed', options)
  return { clock, events, sessions: make() }
}

/** The one cookie that a response sets, as its lines say; `undefined` if none. */
export function cookieOf(response: Response): string | undefined {
  const lines = response.headers.getSetCookie()
  if (lines.length > 1) throw new Error(`more than one cookie: ${lines.join(', ')}`)
  return lines[0]
}
