import { SessionError } from './errors.ts'

/** A cookie as it is read and written: every attribute resolved and checked. */
export interface Cookie {
  readonly name: string
  readonly domain?: string
  readonly path: string
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
  readonly partitioned: boolean
  readonly priority?: 'low' | 'medium' | 'high'
  /** The name starts with `__Host-`: no other host, and nobody on plain http, can plant it. */
  readonly hostBound: boolean
  /** `; Path=/; Secure; …`: the same when it is written and when it is cleared, or the browser would keep it. */
  readonly attributes: string
}

const WORDS = {
  lax: 'Lax',
  strict: 'Strict',
  none: 'None',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
} as const

/** Completes checked attributes with what follows from them. */
export function makeCookie(checked: Omit<Cookie, 'hostBound' | 'attributes'>): Cookie {
  const attributes = [
    checked.domain === undefined ? '' : `; Domain=${checked.domain}`,
    `; Path=${checked.path}`,
    checked.secure ? '; Secure' : '',
    '; HttpOnly',
    `; SameSite=${WORDS[checked.sameSite]}`,
    checked.partitioned ? '; Partitioned' : '',
    checked.priority === undefined ? '' : `; Priority=${WORDS[checked.priority]}`,
  ].join('')
  return { ...checked, hostBound: checked.name.startsWith('__Host-'), attributes }
}

/** What a Cookie header holds under one name. */
export interface CookieRead {
  /** Distinct values in the order of the header, at most four; empty ones are left out. */
  readonly values: readonly string[]
  /** How many distinct values there were. */
  readonly count: number
  /** The name is there, if only with an empty value. */
  readonly named: boolean
  /** The name is there, but in a header too large to be searched; `values` is then empty. */
  readonly oversized: boolean
}

/** Browsers ignore a cookie whose name and value exceed this many bytes (RFC 6265bis §5.6). */
export const COOKIE_LIMIT = 4096
const LONGEST_AGE = 34_560_000
const MOST_HEADER = 16_384
const MOST_PAIRS = 200
const MOST_VALUES = 4

const NOTHING: CookieRead = Object.freeze({
  values: Object.freeze([]),
  count: 0,
  named: false,
  oversized: false,
})
const OVERSIZED: CookieRead = Object.freeze({
  values: Object.freeze([]),
  count: 0,
  named: true,
  oversized: true,
})

/**
 * The values a Cookie header holds under exactly this name.
 *
 * Takes the bytes as they came: nothing is decoded or unquoted, only spaces and tabs around a pair are dropped.
 * Of an oversized header nothing is used, because what lies beyond the limit may contradict what lies before it.
 */
export function readCookies(header: string | null, name: string): CookieRead {
  if (header === null || !header.includes(name)) return NOTHING
  if (header.length > MOST_HEADER) return OVERSIZED
  const found: string[] = []
  let start = 0
  for (let pairs = 1; start <= header.length; pairs++) {
    if (pairs > MOST_PAIRS) return OVERSIZED
    const semicolon = header.indexOf(';', start)
    const end = semicolon === -1 ? header.length : semicolon
    const value = valueUnder(header, start, end, name)
    if (value !== undefined && !found.includes(value)) found.push(value)
    start = end + 1
  }
  return found.length === 0 ? NOTHING : readOf(found)
}

function readOf(found: readonly string[]): CookieRead {
  const values = found.includes('') ? found.filter(Boolean) : found
  const few = values.length > MOST_VALUES ? values.slice(0, MOST_VALUES) : values
  return { values: few, count: values.length, named: true, oversized: false }
}

function valueUnder(header: string, start: number, end: number, name: string): string | undefined {
  let from = start
  while (from < end && isBlank(header.charCodeAt(from))) from++
  const equals = from + name.length
  if (header.charCodeAt(equals) !== 0x3d || !header.startsWith(name, from)) return undefined
  let to = end
  while (to > equals && isBlank(header.charCodeAt(to - 1))) to--
  return header.slice(equals + 1, to)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/**
 * The Set-Cookie value that stores `value`, for `maxAge` whole seconds (1 to 34,560,000) or until the browser ends.
 *
 * @throws {SessionError} `too_large` when browsers would drop it, with `size` and `limit` in bytes.
 * @throws {TypeError} when the value has characters that no cookie can hold, or `maxAge` is not a number (RFC 6265bis §4.1.1).
 */
export function writeCookie(cookie: Cookie, value: string, maxAge?: number): string {
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)) {
    throw new TypeError(`cookie ${cookie.name}: its value has characters that no cookie can hold`)
  }
  const size = cookie.name.length + value.length
  if (size > COOKIE_LIMIT) throw tooLarge(cookie.name, size)
  return `${cookie.name}=${value}${age(maxAge)}${cookie.attributes}`
}

function tooLarge(name: string, size: number): SessionError {
  return new SessionError(
    'too_large',
    `cookie ${name}: ${size} bytes of name and value, but browsers drop cookies over ${COOKIE_LIMIT}; keep less in the session, or give the manager a store`,
    { size, limit: COOKIE_LIMIT },
  )
}

function age(maxAge: number | undefined): string {
  if (maxAge === undefined) return ''
  if (Number.isNaN(maxAge)) throw new TypeError('maxAge: expected a number of seconds; got NaN')
  return `; Max-Age=${Math.floor(Math.min(Math.max(maxAge, 1), LONGEST_AGE))}`
}

/** The Set-Cookie value that makes a browser forget the cookie: same name and attributes, no value, no age. */
export function clearCookie(cookie: Cookie): string {
  return `${cookie.name}=; Max-Age=0${cookie.attributes}`
}
