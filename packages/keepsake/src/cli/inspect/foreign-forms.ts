import { fromBase64url, fromUtf8 } from '../../core/bytes.ts'

/** How a cookie of another library looks. */
export interface ForeignForm {
  /** The door that reads it, after `keepsake/import/`. */
  readonly door:
    | 'rack'
    | 'express-session'
    | 'cookie-session'
    | 'iron-session'
    | 'h3'
    | 'hono-session'
    | 'react-router'
    | 'redis-rack'
  readonly kind: string
  /** What it says of itself, if it has this form. */
  read(text: string): Said | undefined
}

/** What a cookie says of itself. Times are ms since the epoch. */
export interface Said {
  readonly id?: string
  readonly keyId?: string
  readonly expiresAt?: number
  readonly data?: unknown
}

const IRON = /^Fe26\.2\*(\w*)\*[0-9a-f]{64}\*[\w-]{22}\*[\w-]+\*(\d{0,16})\*[0-9a-f]{64}\*[\w-]{43}(~\d)?$/
const B64 = '[\\w+/]+={0,2}'
const LEGACY = new RegExp(`^(?:${B64}|[\\w+/\\n]+={0,2}\\n?)--[0-9a-f]{40}$`)
const SINATRA = new RegExp(`^${B64}--[\\w+/]{16}--[\\w+/]{22}==$`)
const EXPRESS = /^s:(.+)\.[\w+/]{43}$/s
const REACT_ROUTER = /^([\w+/]+={0,2})\.[\w+/]{43}$/
const JWE = /^([\w-]+)\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/

/** Those that can be told by what they are written in, the surest first. */
export const FOREIGN_FORMS: readonly ForeignForm[] = [
  {
    door: 'iron-session',
    kind: 'session of iron-session, encrypted',
    read: (text) => ironIn(text, (suffix) => suffix !== undefined),
  },
  {
    door: 'h3',
    kind: 'session of h3, encrypted',
    read: (text) => ironIn(text, (suffix) => suffix === undefined),
  },
  { door: 'h3', kind: 'session of h3, in several cookies', read: matching(/^__chunked__\d$/) },
  {
    door: 'hono-session',
    kind: 'session of @hono/session, encrypted (JWE)',
    read: (text) => (isDirect(JWE.exec(text)?.[1] ?? '') ? {} : undefined),
  },
  {
    door: 'express-session',
    kind: 'id of express-session, signed; the session is in its store',
    read: (text) => {
      const id = EXPRESS.exec(text)?.[1]
      return id === undefined ? undefined : { id }
    },
  },
  {
    door: 'react-router',
    kind: 'session of React Router or Remix, signed',
    read: (text) => {
      const data = jsonIn(REACT_ROUTER.exec(text)?.[1])
      return data === undefined ? undefined : { data }
    },
  },
  { door: 'rack', kind: 'session of Rack 2, signed only', read: matching(LEGACY) },
  { door: 'rack', kind: 'session of Sinatra 3, encrypted', read: matching(SINATRA) },
  { door: 'rack', kind: 'session of Rack, encrypted, version 1', read: rackVersion(1, 81) },
  { door: 'rack', kind: 'session of Rack, encrypted, version 2', read: rackVersion(2, 61) },
  { door: 'redis-rack', kind: 'id of redis-rack; the session is in Redis', read: matching(/^[0-9a-f]{64}$/) },
  {
    door: 'cookie-session',
    kind: 'session of cookie-session, its signature in a cookie beside it',
    read: (text) => {
      const data = jsonIn(text)
      return typeof data === 'object' && data !== null ? { data } : undefined
    },
  },
]

function matching(form: RegExp): (text: string) => Said | undefined {
  return (text) => (form.test(text) ? {} : undefined)
}

/** Ruby pads, so a token has whole groups of four characters. */
function rackVersion(version: number, head: number): (text: string) => Said | undefined {
  return (text) => {
    const bytes = text.length % 4 === 0 ? bytesIn(text) : null
    return bytes?.[0] === version && bytes.length > head ? {} : undefined
  }
}

function ironIn(text: string, fits: (suffix: string | undefined) => boolean): Said | undefined {
  const [whole, password = '', expires = '', suffix] = IRON.exec(text) ?? []
  if (whole === undefined || !fits(suffix)) return undefined
  return {
    ...(password !== '' && { keyId: password }),
    ...(expires !== '' && { expiresAt: Math.min(Number(expires), 8.64e15) }),
  }
}

function isDirect(header: string): boolean {
  const { alg, enc, ...more } = (jsonIn(header) ?? {}) as Record<string, unknown>
  return alg === 'dir' && enc === 'A256GCM' && Object.keys(more).length === 0
}

function jsonIn(base64 = ''): unknown {
  try {
    return JSON.parse(fromUtf8(bytesIn(base64) ?? new Uint8Array()) ?? '')
  } catch {
    return undefined
  }
}

/** Base64 in either alphabet, padded or not. */
function bytesIn(text: string): Uint8Array | null {
  return fromBase64url(
    text
      .replace(/={1,2}$/, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  )
}
