import { LONGEST } from '../core/duration.ts'
import { SessionError } from '../core/errors.ts'
import { keepingOf } from '../core/midway.ts'
import type { ExpressSessionCookie, ExpressSessionOptions } from './express-types.ts'

/** What is used of a session to say how long it is kept. */
interface Remembering {
  readonly expiresAt: number
  remember(duration: number | false): void
}

/** The same for all sessions, or decided by the manager. */
const FIXED = [
  'domain',
  'httpOnly',
  'keys',
  'name',
  'overwrite',
  'partitioned',
  'path',
  'priority',
  'sameSite',
  'secret',
  'secure',
  'signed',
]

/** `req.session.cookie`. */
export function cookieOf(session: Remembering): ExpressSessionCookie {
  return fixed('req.session.cookie', {
    get maxAge() {
      const { whole, left } = keepingOf(session)
      return whole === false ? null : left
    },
    set maxAge(milliseconds) {
      keep(session, 'maxAge', milliseconds)
    },
    get expires() {
      return keepingOf(session).whole === false ? null : new Date(session.expiresAt)
    },
    set expires(date) {
      if (date && !(date instanceof Date)) throw noTime('expires')
      keep(session, 'expires', date ? remaining(session, date) : date)
    },
    get originalMaxAge() {
      return keepingOf(session).whole || null
    },
  })
}

/** `req.sessionOptions`. */
export function optionsOf(cookie: ExpressSessionCookie): ExpressSessionOptions {
  return fixed('req.sessionOptions', {
    get maxAge() {
      return cookie.originalMaxAge
    },
    set maxAge(milliseconds) {
      if (milliseconds !== undefined) cookie.maxAge = milliseconds
    },
    get expires() {
      return cookie.expires
    },
    set expires(date) {
      if (date !== undefined) cookie.expires = date
    },
  })
}

/** What a session is asked to be kept for already asks for nothing, so that it can be said on every request. */
function keep(
  session: Remembering,
  name: 'maxAge' | 'expires',
  milliseconds: number | null | false | undefined,
): void {
  const { whole } = keepingOf(session)
  const wanted = milliseconds ?? false
  if (wanted === whole) return
  if (wanted !== false && !(typeof wanted === 'number' && wanted > 0)) throw noTime(name)
  session.remember(wanted !== false && seconds(wanted))
}

function noTime(name: 'maxAge' | 'expires'): SessionError {
  const wanted = name === 'maxAge' ? 'a number of milliseconds above 0' : 'a Date to come'
  return new SessionError(
    'config',
    `cookie.${name}: ${wanted}, or null to end with the browser; req.session.destroy() ends a session now.`,
  )
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.round(Math.min(milliseconds, LONGEST) / 1_000))
}

function remaining(session: Remembering, date: Date): number {
  const { left } = keepingOf(session)
  return date.getTime() - (session.expiresAt - left)
}

function fixed<Target extends object>(where: string, target: Target): Target {
  for (const name of FIXED) {
    Object.defineProperty(target, name, {
      set() {
        throw new SessionError(
          'config',
          `${where}.${name} can't be set: the cookie option of SessionManager says it for all, or by request: cookie: (request) => ({ … }).`,
        )
      },
    })
  }
  return target
}
