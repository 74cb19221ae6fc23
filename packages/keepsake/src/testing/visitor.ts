import { CookieJar } from './cookie-jar.ts'
import { redirected, targetOf } from './redirects.ts'
import type { BrowserCookie } from './set-cookie.ts'

type Handler = (request: Request) => Response | Promise<Response>

/** What a visitor can visit: a handler, or an object that has one as `fetch` or `request`, as a Hono app does. */
export type App = Handler | { fetch: Handler } | { request: Handler }

/** How a visitor comes. */
export interface VisitorOptions {
  /** Where paths are looked up. @default 'https://example.test' */
  readonly origin?: string
  /** Milliseconds since the epoch, for the age of cookies. @default Date.now */
  readonly now?: () => number
}

/** A request of a visitor. `redirect: 'manual'` follows none. */
export interface VisitorInit extends RequestInit {
  /** The page that led here, when it is of another origin: `'https://other.test'`. */
  readonly from?: string
}

const MOST_REDIRECTS = 10

/**
 * Somebody with a browser: keeps cookies as the strictest browsers do, and follows redirects within the origin.
 *
 * ```ts
 * const visitor = browser(app)
 * await visitor.post('/login', { name: 'ada' })
 * expect(await visitor.text('/')).toBe('Hello Ada')
 * ```
 */
export function browser(app: App, options: VisitorOptions = {}): Visitor {
  const origin = options.origin ?? 'https://example.test'
  return new Visitor(handlerOf(app), origin, new CookieJar(options.now ?? Date.now))
}

/** Made by {@link browser}. */
export class Visitor {
  readonly #handle: Handler
  readonly #origin: string
  readonly #jar: CookieJar

  constructor(handle: Handler, origin: string, jar: CookieJar) {
    this.#handle = handle
    this.#origin = origin
    this.#jar = jar
  }

  /** Asks for a page. */
  get(path: string, init: VisitorInit = {}): Promise<Response> {
    return this.fetch(path, init)
  }

  /** Posts a form. */
  post(path: string, form: Readonly<Record<string, string>> = {}, init: VisitorInit = {}): Promise<Response> {
    return this.fetch(path, { ...init, method: 'POST', body: new URLSearchParams(form) })
  }

  /** The text of a page. */
  async text(path: string, init: VisitorInit = {}): Promise<string> {
    return (await this.fetch(path, init)).text()
  }

  /** Any request; a path is looked up at the visitor's origin, a whole URL taken as it is. */
  async fetch(path: string, init: VisitorInit = {}): Promise<Response> {
    let url = new URL(path, this.#origin)
    let sent = init
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const response = await this.#send(url, sent)
      const target = targetOf(response, url)
      if (target === null || init.redirect === 'manual') return response
      await response.body?.cancel()
      sent = redirected(sent, response.status)
      url = target
    }
    throw new TypeError(`${path}: more than ${MOST_REDIRECTS} redirects`)
  }

  /** The cookies kept now. */
  cookies(): BrowserCookie[] {
    return this.#jar.all()
  }

  /** The cookie of this name, the oldest if there are several. */
  cookie(name: string): BrowserCookie | undefined {
    return this.cookies().find((cookie) => cookie.name === name)
  }

  /** Takes a Set-Cookie line as if `url` had answered with it; says whether a browser would have. */
  plant(line: string, url: string = this.#origin): boolean {
    return this.#jar.store(line, new URL(url))
  }

  /** Another tab: the same cookies from now on. */
  clone(): Visitor {
    return new Visitor(this.#handle, this.#origin, this.#jar)
  }

  /** A thief: a copy of the cookies of now, which go their own way. */
  steal(): Visitor {
    return new Visitor(this.#handle, this.#origin, this.#jar.copy())
  }

  /** Ends the browser and starts it again. */
  restart(): void {
    this.#jar.dropSessionCookies()
  }

  /** Forgets all cookies. */
  clear(): void {
    this.#jar.clear()
  }

  async #send(url: URL, { from, ...init }: VisitorInit): Promise<Response> {
    const request = new Request(url, { ...init, redirect: 'manual' })
    const site = siteOf(url, from)
    setMissing(request.headers, 'cookie', this.#jar.header(url, request.method, site === 'cross-site'))
    const safe = request.method === 'GET' || request.method === 'HEAD'
    if (!safe) setMissing(request.headers, 'origin', new URL(from ?? url).origin)
    if (url.protocol === 'https:')
      setMissing(request.headers, 'sec-fetch-site', safe && !from ? 'none' : site)
    const response = await this.#handle(request)
    for (const line of response.headers.getSetCookie()) this.#jar.store(line, url)
    return response
  }
}

function handlerOf(app: App): Handler {
  if (typeof app === 'function') return app
  return 'fetch' in app ? (request) => app.fetch(request) : (request) => app.request(request)
}

function setMissing(headers: Headers, name: string, value: string | null): void {
  if (value !== null && !headers.has(name)) headers.set(name, value)
}

/** The last two labels stand for the site; only a browser has the list of public suffixes. */
function siteOf(url: URL, from: string | undefined): 'same-origin' | 'same-site' | 'cross-site' {
  const other = new URL(from ?? url)
  if (other.origin === url.origin) return 'same-origin'
  const site = ({ protocol, hostname }: URL): string =>
    `${protocol}${hostname.split('.').slice(-2).join('.')}`
  return site(other) === site(url) ? 'same-site' : 'cross-site'
}
