/** Where response headers are put: a `Headers`, or a door's view of its framework's response. Names may be in any case. */
export interface HeaderTarget {
  get(name: string): string | null
  set(name: string, value: string): void
  delete(name: string): void
  append(name: string, value: string): void
  getSetCookie(): string[]
  /** The names there are, in lower case. */
  keys(): Iterable<string>
}

/** A response made anew with headers of its own: the one there is may be shared, or not for us to change. */
export interface Remade {
  readonly headers: HeaderTarget
  /** To be made when its headers are right. */
  response(): Response
}

// RFC 9213: a targeted field beats Cache-Control at its own cache
const TARGETED = [
  'expires',
  'age',
  'surrogate-control',
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'vercel-cdn-cache-control',
  'netlify-cdn-cache-control',
  'fastly-cache-control',
  'akamai-cache-control',
]

const SHARED = TARGETED.slice(2)

/** To list the names there are takes a tenth of the time that asking for each does. */
function drop(headers: HeaderTarget, names: readonly string[]): void {
  for (const name of [...headers.keys()]) if (names.includes(name)) headers.delete(name)
}

/** Adds our cookies, once each under their names. */
export function putCookies(headers: HeaderTarget, cookies: readonly string[]): void {
  const former = headers.getSetCookie()
  if (former.length > 0) headers.delete('set-cookie')
  for (const cookie of joinCookies(former, cookies)) headers.append('set-cookie', cookie)
}

/** One cookie of each name: the later ones replace the former. */
export function joinCookies(former: readonly string[], later: readonly string[]): string[] {
  if (former.length === 0) return [...later]
  const names = new Set(later.map(nameOf))
  return [...former.filter((cookie) => !names.has(nameOf(cookie))), ...later]
}

/** Keeps a response out of all caches. Says whether it was meant for shared ones. */
export function forbidCaching(headers: HeaderTarget): boolean {
  const shared = isShared(headers)
  drop(headers, TARGETED)
  headers.set('cache-control', 'no-store')
  return shared
}

/** The response depends on who asks: it varies on that header, and shared caches keep their hands off. */
export function markPrivate(headers: HeaderTarget, header: string): void {
  const vary = headers.get('vary')
  const named = (vary ?? '').toLowerCase().split(/\s*,\s*/)
  if (!vary) headers.set('vary', header)
  else if (!named.includes('*') && !named.includes(header.toLowerCase()))
    headers.set('vary', `${vary}, ${header}`)
  drop(headers, SHARED)
  const control = headers.get('cache-control')
  if (control === null) return
  const rest = control.split(',').map((directive) => directive.trim())
  const kept = rest.filter((directive) => !/^(public|s-maxage=.*|proxy-revalidate)?$/i.test(directive))
  const closed = kept.some((directive) => /^(private|no-store)$/i.test(directive))
  headers.set('cache-control', (closed ? kept : ['private', ...kept]).join(', '))
}

/** Whether all our cookies are on it. */
export function carries(headers: HeaderTarget, cookies: readonly string[]): boolean {
  const sent = headers.getSetCookie()
  return cookies.every((cookie) => sent.includes(cookie))
}

function isShared(headers: HeaderTarget): boolean {
  return /\b(public|s-maxage)\b/i.test(headers.get('cache-control') ?? '')
}

function nameOf(cookie: string): string {
  return cookie.split('=', 1)[0] ?? ''
}
