/** A cookie as a browser keeps it. */
export interface BrowserCookie {
  readonly name: string
  readonly value: string
  /** The host that set it, or its Domain attribute. */
  readonly domain: string
  /** It goes back to exactly `domain`, not to subdomains. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
  readonly partitioned: boolean
  /** `null`: when the browser ends. */
  readonly expires: Date | null
}

const LONGEST_AGE = 34_560_000_000

/** What a browser makes of a Set-Cookie line; `null` where it would ignore it (RFC 6265bis §5.6 and §5.7). */
export function parseSetCookie(line: string, url: URL, now: number): BrowserCookie | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what browsers refuse
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return null
  const [pair = '', ...rest] = line.split(';')
  const [name, value] = halves(pair.includes('=') ? pair : `=${pair}`)
  const attributes = attributesOf(rest)
  const scope = scopeOf(attributes.get('domain') ?? '', url.hostname)
  if (scope === null) return null
  const cookie: BrowserCookie = {
    name,
    value,
    ...scope,
    path: pathOf(attributes.get('path') ?? '', url.pathname),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: sameSiteOf(attributes.get('samesite') ?? ''),
    partitioned: attributes.has('partitioned'),
    expires: expiryOf(attributes, now),
  }
  const refused = isBadPair(cookie) || isInsecure(cookie, url) || breaksPrefix(cookie, attributes.get('path'))
  return refused ? null : cookie
}

/** The last of each; those a browser can't read don't count (RFC 6265bis §5.6.1, §5.6.2). */
function attributesOf(parts: readonly string[]): Map<string, string> {
  const named = parts.map(halves).map(([name, value]) => [name.toLowerCase(), value] as const)
  return new Map(named.filter(([name, value]) => value.length <= 1024 && isReadable(name, value)))
}

function isReadable(name: string, value: string): boolean {
  if (name === 'max-age') return /^-?\d+$/.test(value)
  return name !== 'expires' || !Number.isNaN(Date.parse(value))
}

function halves(part: string): [string, string] {
  const equals = part.indexOf('=')
  return equals === -1 ? [trim(part), ''] : [trim(part.slice(0, equals)), trim(part.slice(equals + 1))]
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

/** A single label stands for the public suffixes, of which only a browser has the list. */
function scopeOf(attribute: string, host: string): Pick<BrowserCookie, 'domain' | 'hostOnly'> | null {
  const domain = attribute.replace(/^\./, '').toLowerCase()
  if (domain === '' || (domain === host && !domain.includes('.'))) return { domain: host, hostOnly: true }
  return domain.includes('.') && domainMatches(host, domain) ? { domain, hostOnly: false } : null
}

/** RFC 6265bis §5.1.3. */
export function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$|^\[/.test(host))
}

function pathOf(attribute: string, requested: string): string {
  return attribute.startsWith('/') ? attribute : requested.slice(0, requested.lastIndexOf('/')) || '/'
}

function sameSiteOf(attribute: string): BrowserCookie['sameSite'] {
  const word = attribute.toLowerCase()
  return word === 'strict' || word === 'none' ? word : 'lax'
}

function expiryOf(attributes: ReadonlyMap<string, string>, now: number): Date | null {
  const age = attributes.get('max-age')
  const end = attributes.get('expires')
  if (age === undefined && end === undefined) return null
  const until = age === undefined ? Date.parse(end ?? '') : now + Number(age) * 1_000
  return new Date(Math.max(0, Math.min(until, now + LONGEST_AGE)))
}

function isBadPair({ name, value }: BrowserCookie): boolean {
  const nameless =
    name === '' && (value === '' || value.includes('=') || /^__(?:secure|host|http)-/i.test(value))
  return nameless || name.length + value.length > 4096
}

/** The strictest browsers take no Secure cookie on plain http, not even on localhost. */
function isInsecure(cookie: BrowserCookie, url: URL): boolean {
  return cookie.secure ? url.protocol !== 'https:' : cookie.sameSite === 'none' || cookie.partitioned
}

/** Browsers compare prefixes without case. */
function breaksPrefix(cookie: BrowserCookie, path: string | undefined): boolean {
  const [, host, http] = /^__(host-)?(http-)?/i.exec(cookie.name) ?? []
  if (host !== undefined && !(cookie.secure && cookie.hostOnly && path === '/')) return true
  if (http !== undefined && !(cookie.secure && cookie.httpOnly)) return true
  return /^__secure-/i.test(cookie.name) && !cookie.secure
}
