/** What is needed of a request: a `Request`, or anything that has these. */
export interface RequestLike {
  /** Absolute, with scheme and host. */
  readonly url: string
  readonly method: string
  readonly headers: { get(name: string): string | null }
  /** Whether the visitor came by https, where somebody knows. @default judged by `url`, headers and NODE_ENV */
  readonly secure?: boolean
}

/** A header that shows that a request to a loopback address did not come from this machine. */
export interface Evidence {
  readonly header: string
  readonly host: string | null
}

// one address, nothing else in the authority: a name and password before it would make it another's
const LOOPBACK =
  /^[a-z][a-z0-9+.-]*:\/\/(?:localhost|[^/?#@\\:]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?(?:[/?#]|$)/

const PROXY = /^(?:forwarded|via|x-forwarded-.*)$/i
const PROXY_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-forwarded-prefix',
]

/**
 * Decides whether a request may use the relaxed cookie of development: plain http, on a loopback host, in truth.
 *
 * Behind a proxy that passes no Host on, production looks like loopback. So what contradicts it once counts for good.
 */
export class Loopback {
  readonly #always: boolean
  #strict = false
  readonly #onEvidence: (evidence: Evidence) => void

  constructor(secure: boolean | undefined, onEvidence: (evidence: Evidence) => void) {
    this.#always = secure === true
    this.#onEvidence = onEvidence
  }

  relaxed(request: RequestLike): boolean {
    if (this.#always) return false
    if (request.secure !== undefined) return !request.secure
    if (this.#strict || !isLoopbackHttp(request.url)) return false
    const header = evidenceIn(request.headers)
    this.#strict = header !== null || isProduction()
    if (header !== null) this.#onEvidence({ header, host: request.headers.get('host') })
    return !this.#strict
  }
}

/** A proxy says that the visitor came by https; anybody can write so. */
export function isForwardedHttps(headers: RequestLike['headers']): boolean {
  return (
    /^https\b/i.test(headers.get('x-forwarded-proto') ?? '') ||
    /\bproto="?https\b/i.test(headers.get('forwarded') ?? '')
  )
}

/** Plain http to a host that is not loopback, and no proxy says that the visitor came by https. */
export function isPlainHttpElsewhere(request: RequestLike): boolean {
  if (!request.url.startsWith('http://') || LOOPBACK.test(request.url)) return false
  return !isForwardedHttps(request.headers)
}

function isLoopbackHttp(url: string): boolean {
  return url.startsWith('http://') && LOOPBACK.test(url)
}

function evidenceIn(headers: RequestLike['headers']): string | null {
  return ['origin', 'referer'].find((name) => isElsewhere(headers.get(name))) ?? proxyHeaderIn(headers)
}

/** `Origin: null` says nothing of where the page came from. */
function isElsewhere(url: string | null): boolean {
  return url?.includes('://') === true && !LOOPBACK.test(url)
}

function proxyHeaderIn(headers: RequestLike['headers']): string | null {
  if (!isIterable(headers)) return PROXY_HEADERS.find((name) => headers.get(name) !== null) ?? null
  for (const [name] of headers) if (PROXY.test(name)) return name
  return null
}

function isIterable(headers: object): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers
}

interface Globals {
  readonly process?: { readonly env?: { readonly NODE_ENV?: string } }
  readonly Deno?: { readonly permissions?: { querySync?(wanted: object): { readonly state: string } } }
}

/** Whether the app runs in production, as far as it may be asked. */
export function isProduction(): boolean {
  try {
    const { process, Deno } = globalThis as Globals
    // without --allow-env Deno would stop in the middle of a request and ask on the terminal
    const permission = Deno?.permissions?.querySync?.({ name: 'env', variable: 'NODE_ENV' })
    return permission?.state !== 'prompt' && process?.env?.NODE_ENV === 'production'
  } catch {
    return false
  }
}
