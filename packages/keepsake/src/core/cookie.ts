import { type Cookie, makeCookie } from './cookie-header.ts'
import {
  checkChoice,
  checkDomain,
  checkFlag,
  checkHostBound,
  checkList,
  checkName,
  checkPath,
  checkPrefix,
  prefixOf,
} from './cookie-rules.ts'
import { SessionError } from './errors.ts'
import { refuseUnknownKeys } from './known-keys.ts'

export type { Cookie, CookieRead } from './cookie-header.ts'
export { COOKIE_LIMIT, clearCookie, readCookies, writeCookie } from './cookie-header.ts'

/**
 * A cookie the app used before this one: read after ours, and expired at the next write; with a store, one of the
 * same name with the next new token, at a login for example.
 */
export interface PreviousCookie {
  /** Its name. @default the name of the present cookie */
  readonly name?: string
  /** Its Domain attribute. @default none */
  readonly domain?: string
  /** Its Path attribute. @default '/' */
  readonly path?: string
  /** Whether it was Partitioned. @default false */
  readonly partitioned?: boolean
}

/** How the session's cookie looks (RFC 6265bis §4.1). It is always HttpOnly. */
export interface CookieOptions {
  /**
   * Its name; the prefixes `__Host-`, `__Host-Http-`, `__Secure-` and `__Http-` are enforced by browsers.
   * @default '__Host-Http-session', or '__Secure-session' with a domain or a path
   */
  readonly name?: string
  /** Shares the cookie with this domain and all its subdomains; any of them can then also plant one. @default none: this host only */
  readonly domain?: string
  /** Sends the cookie only under this path. @default '/' */
  readonly path?: string
  /** `true` keeps the cookie Secure and prefixed on plain-http localhost too; say it where you deploy. @default everywhere but there */
  readonly secure?: boolean
  /** Whether other sites' requests carry it: `lax` on links only, `strict` never, `none` always. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** A separate cookie for each site that embeds this one (CHIPS). @default false */
  readonly partitioned?: boolean
  /** What Chromium evicts last when a host sets too many cookies. @default none */
  readonly priority?: 'low' | 'medium' | 'high'
  /** What the cookie was before, so that nobody is logged out when it changes. @default none */
  readonly previous?: readonly PreviousCookie[]
}

/** The cookies of a manager, resolved once. */
export interface CookiePlan {
  /** Secure and, by default, prefixed: the one for everywhere. */
  readonly secure: Cookie
  /** The development form for plain http on loopback: no prefix, not Secure, this host only. */
  readonly relaxed: Cookie
  readonly previous: readonly Cookie[]
}

const KEYS = ['name', 'domain', 'path', 'secure', 'sameSite', 'partitioned', 'priority', 'previous'] as const
const PREVIOUS_KEYS = ['name', 'domain', 'path', 'partitioned'] as const

const HINTS: ReadonlyMap<string, string> = new Map([
  ['httponly', 'the session cookie is always HttpOnly; leave it out'],
  [
    'maxage',
    'say lifetime or idleTimeout beside cookie, not in it; persistent: false ends it with the browser',
  ],
  [
    'expires',
    'say lifetime or idleTimeout beside cookie, not in it; persistent: false ends it with the browser',
  ],
])

/**
 * Resolves and checks cookie options.
 *
 * @throws {SessionError} `config` for what browsers would drop or alter, and for unknown options; it names the remedy.
 */
export function planCookie(options: CookieOptions = {}): CookiePlan {
  if (typeof options !== 'object' || options === null) {
    throw new SessionError(
      'config',
      'cookie: expected an object of options, or a function that makes one of a request',
    )
  }
  refuseUnknownKeys('cookie', options, KEYS, HINTS)
  const secure = secureCookie(options)
  const previous = checkList('cookie.previous', options.previous).map((former, i) =>
    previousCookie(`cookie.previous[${i}]`, former, options.name),
  )
  for (const former of previous) refuseSame(former, secure)
  return { secure, relaxed: relax(secure), previous }
}

function secureCookie(options: CookieOptions): Cookie {
  if (!checkFlag('cookie.secure', options.secure, true)) {
    throw new SessionError(
      'config',
      'cookie.secure: false is not needed: plain http on localhost is handled by itself, and elsewhere anybody could read the cookie; leave it out',
    )
  }
  const scope = scopeOf('cookie', options, options.name)
  checkPrefix('cookie.name', scope.name)
  return makeCookie({
    ...scope,
    secure: true,
    sameSite:
      'sameSite' in options
        ? checkChoice('cookie.sameSite', options.sameSite, ['lax', 'strict', 'none'])
        : 'lax',
    ...(options.priority !== undefined && {
      priority: checkChoice('cookie.priority', options.priority, ['low', 'medium', 'high']),
    }),
  })
}

function previousCookie(option: string, former: PreviousCookie, name: string | undefined): Cookie {
  refuseUnknownKeys(option, former, PREVIOUS_KEYS)
  return makeCookie({
    ...scopeOf(option, former, former.name === undefined ? name : former.name),
    secure: true,
    sameSite: 'lax',
  })
}

function refuseSame(former: Cookie, present: Cookie): void {
  const same = (['name', 'domain', 'path', 'partitioned'] as const).every(
    (key) => former[key] === present[key],
  )
  if (same)
    throw new SessionError('config', `cookie.previous: ${former.name} is the present cookie; leave it out`)
}

type Scope = Pick<Cookie, 'name' | 'domain' | 'path' | 'partitioned'>

/** What a browser tells cookies apart by. @throws {SessionError} `config` */
export function scopeOf(option: string, from: PreviousCookie, name: string | undefined): Scope {
  const domain = from.domain === undefined ? undefined : checkDomain(`${option}.domain`, from.domain)
  const path = from.path === undefined ? '/' : checkPath(`${option}.path`, from.path)
  const usual = domain === undefined && path === '/' ? '__Host-Http-session' : '__Secure-session'
  const checked = checkName(`${option}.name`, name === undefined ? usual : name)
  checkHostBound(`${option}.name`, checked, domain, path)
  const partitioned = checkFlag(`${option}.partitioned`, from.partitioned, false)
  return { name: checked, ...(domain !== undefined && { domain }), path, partitioned }
}

/** Without Secure, browsers refuse prefixes, Partitioned and SameSite=None; and localhost takes no Domain. */
function relax(cookie: Cookie): Cookie {
  return makeCookie({
    name: cookie.name.slice(prefixOf(cookie.name).length),
    path: cookie.path,
    secure: false,
    sameSite: cookie.sameSite === 'none' ? 'lax' : cookie.sameSite,
    partitioned: false,
    ...(cookie.priority !== undefined && { priority: cookie.priority }),
  })
}
