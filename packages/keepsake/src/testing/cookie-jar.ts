import { type BrowserCookie, domainMatches, parseSetCookie } from './set-cookie.ts'

/** A browser's cookies, kept by the rules of RFC 6265bis as the strictest browsers apply them. */
export class CookieJar {
  readonly #now: () => number
  /** A map keeps the order of creation, and a cookie written again its place in it. */
  readonly #cookies: Map<string, BrowserCookie>

  constructor(now: () => number, cookies: Iterable<readonly [string, BrowserCookie]> = []) {
    this.#now = now
    this.#cookies = new Map(cookies)
  }

  /** Takes one Set-Cookie line; says whether a browser would have. */
  store(line: string, url: URL): boolean {
    const cookie = parseSetCookie(line, url, this.#now())
    if (cookie === null) return false
    this.#dropExpired()
    if (url.protocol !== 'https:' && this.#hidesSecure(cookie)) return false
    this.#cookies.set(keyOf(cookie), cookie)
    this.#dropExpired()
    return true
  }

  /** The Cookie header for a request; `crossSite` when a page of another site led to it. */
  header(url: URL, method: string, crossSite: boolean): string | null {
    const sent = this.all()
      .filter((cookie) => fits(cookie, url) && (!crossSite || crosses(cookie, method)))
      .sort((a, b) => b.path.length - a.path.length)
    return sent.length === 0 ? null : sent.map(({ name, value }) => (name && `${name}=`) + value).join('; ')
  }

  all(): BrowserCookie[] {
    this.#dropExpired()
    return [...this.#cookies.values()]
  }

  copy(): CookieJar {
    return new CookieJar(this.#now, this.#cookies)
  }

  clear(): void {
    this.#cookies.clear()
  }

  /** What ends with the browser. */
  dropSessionCookies(): void {
    this.#drop(({ expires }) => expires === null)
  }

  #dropExpired(): void {
    const now = this.#now()
    this.#drop(({ expires }) => expires !== null && expires.getTime() <= now)
  }

  #drop(unwanted: (cookie: BrowserCookie) => boolean): void {
    for (const [key, cookie] of this.#cookies) if (unwanted(cookie)) this.#cookies.delete(key)
  }

  /** Plain http may not set what would stand in for a Secure cookie (RFC 6265bis §5.7, step 16). */
  #hidesSecure({ name, domain, path }: BrowserCookie): boolean {
    return [...this.#cookies.values()].some(
      (other) =>
        other.secure &&
        other.name === name &&
        (domainMatches(other.domain, domain) || domainMatches(domain, other.domain)) &&
        pathMatches(path, other.path),
    )
  }
}

function keyOf({ name, domain, hostOnly, path, partitioned }: BrowserCookie): string {
  return JSON.stringify([name, domain, hostOnly, path, partitioned])
}

function fits({ domain, hostOnly, path, secure }: BrowserCookie, url: URL): boolean {
  if (secure && url.protocol !== 'https:') return false
  const host = url.hostname
  return (hostOnly ? host === domain : domainMatches(host, domain)) && pathMatches(url.pathname, path)
}

/** RFC 6265bis §5.1.4. */
function pathMatches(requested: string, path: string): boolean {
  return (
    requested === path ||
    (requested.startsWith(path) && (path.endsWith('/') || requested[path.length] === '/'))
  )
}

/** Lax cookies come along when somebody follows a link, not when another site posts a form. */
function crosses({ sameSite }: BrowserCookie, method: string): boolean {
  return sameSite === 'none' || (sameSite === 'lax' && ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method))
}
