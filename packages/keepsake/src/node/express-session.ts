import { SessionError } from '../core/errors.ts'
import { refuseUnknownKeys } from '../core/known-keys.ts'
import type { JsonShape, SessionManager } from '../index.ts'
import type { ConnectionOptions } from './connection.ts'
import { ExpressGuise } from './express-guise.ts'
import { REMEDIES } from './express-remedies.ts'
import { requestReader } from './request.ts'
import type { NodeErrorMiddleware, NodeMiddleware } from './types.ts'
import { errors, visitOf } from './visits.ts'

/** What {@link expressSession} is: a function, with the error middleware that goes with it. */
export interface ExpressSessionDoor {
  <Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
    sessions: SessionManager<Data, Flash>,
    options?: ConnectionOptions,
  ): NodeMiddleware
  /**
   * Goes before the app's own error handler: a handler that fails changes nothing, but for a session it ended; nor
   * does what is written after it. An error handler that leaves a flash message goes before it.
   */
  readonly errors: NodeErrorMiddleware
}

/**
 * Middleware for Express 4 and 5 and Connect whose `req.session` is as express-session's and cookie-session's, for
 * apps that move without touching their handlers. New code is better off with `session`.
 *
 * ```ts
 * app.use(expressSession(sessions))
 * app.get('/', (req, res) => {
 *   req.session.views = (req.session.views ?? 0) + 1
 *   res.send(`${req.session.views} views`)
 * })
 * ```
 *
 * Data are properties of `req.session`, plain JSON, changed as deep as you like; `req.session = null` and
 * `delete req.session` end the session, `req.session = {}` replaces its data. `regenerate`, `destroy`, `save` and
 * `reload` take a callback or return a promise. What is not saved by then is saved before the response leaves.
 * A key that names a member of every session (`id`, `save`, …) or `__proto__` is refused with `invalid_data`.
 *
 * @throws {SessionError} `config` for options of those libraries that Keepsake does without; it names the remedy.
 */
export const expressSession: ExpressSessionDoor = /* @__PURE__ */ Object.assign(mount, { errors })

function mount<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  options: ConnectionOptions = {},
): NodeMiddleware {
  if (typeof sessions?.load !== 'function') throw noManager(sessions)
  refuseUnknownKeys('expressSession', options, ['trustProxy', 'secure'], REMEDIES)
  const read = requestReader(options)
  return (req, res, next) => {
    const visit = visitOf(sessions, read, req, res, next)
    visit.load().then((session) => {
      if (!visit.guise) {
        const guise = new ExpressGuise(req, session)
        guise.install()
        visit.guise = guise
      }
      next()
    }, next)
  }
}

function noManager(given: object | undefined): SessionError {
  const named = Object.keys(given ?? {}).flatMap((key) => {
    const remedy = REMEDIES.get(key.toLowerCase())
    return remedy ? [`${key}: ${remedy}`] : []
  })
  const first =
    'expressSession takes a SessionManager: expressSession(new SessionManager({ secrets, store })).'
  return new SessionError('config', [first, ...named].join('\n'))
}
