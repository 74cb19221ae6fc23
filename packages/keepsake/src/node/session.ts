import type { JsonShape, SessionManager } from '../index.ts'
import type { ConnectionOptions } from './connection.ts'
import { requestReader } from './request.ts'
import type { NodeErrorMiddleware, NodeMiddleware } from './types.ts'
import { errors, visitOf } from './visits.ts'

/** Options of {@link session}. */
export interface SessionOptions extends ConnectionOptions {
  /** `req.session` is `() => Promise<Session>`; a request that never calls it makes no store call. @default false */
  readonly lazy?: boolean
}

/** What {@link session} is: a function, with the error middleware that goes with it. */
export interface SessionDoor {
  <Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
    sessions: SessionManager<Data, Flash>,
    options?: SessionOptions,
  ): NodeMiddleware
  /**
   * Goes before the app's own error handler: a handler that fails changes nothing, but for a `destroy()`; nor does
   * what is written after it. An error handler that leaves a flash message goes before it.
   */
  readonly errors: NodeErrorMiddleware
}

/**
 * Middleware for Express 4 and 5, Connect and node:http: `req.session` is the session.
 *
 * ```ts
 * app.use(session(sessions))
 * app.post('/login', (req, res) => {
 *   req.session.login(user.id, { keep: ['cart'] })
 *   res.redirect('/')
 * })
 * app.use(session.errors)
 * ```
 *
 * A response waits until its session is saved, and leaves with its cookies; after that nothing is buffered. If the
 * save fails, what the app had answered is dropped and the app's error handler answers instead: `next(error)`. A
 * response whose session nobody has looked at does not wait at all. Mounted twice, the first counts, its options too.
 *
 * Express keeps to itself that a handler threw: without `session.errors` what it changed before is saved.
 */
export const session: SessionDoor = /* @__PURE__ */ Object.assign(mount, { errors })

function mount<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  { lazy = false, ...connection }: SessionOptions = {},
): NodeMiddleware {
  const read = requestReader(connection)
  return (req, res, next) => {
    const visit = visitOf(sessions, read, req, res, next)
    const put = (value: unknown): void => {
      // not by assignment: to expressSession that would mean new data
      Object.defineProperty(req, 'session', { value, writable: true, enumerable: true, configurable: true })
      next()
    }
    if (lazy) put(visit.open)
    else visit.load().then(put, next)
  }
}
