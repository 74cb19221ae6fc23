import { isForwardedHttps } from '../core/loopback.ts'
import type { RequestLike } from '../index.ts'

/** Where the page is from that sent a request, as far as the browser says. */
export type Source = 'ours' | 'elsewhere' | 'unknown'

/**
 * Reads Sec-Fetch-Site and Origin, which no script can set. `trusted` are other origins that may send forms.
 *
 * | Sec-Fetch-Site | Origin | |
 * |---|---|---|
 * | any | trusted | ours |
 * | `same-origin` | none, `null` or ours | ours |
 * | `same-origin` | another | unknown |
 * | `same-site`, `cross-site` | any other | elsewhere |
 * | none, `none` or new | ours | ours |
 * | none, `none` or new | another | elsewhere |
 * | none, `none` or new | none, `null` | unknown |
 */
export function sourceOf(request: RequestLike, trusted: readonly string[]): Source {
  // every browser says with a WebSocket where its page is from (RFC 6455 §4.1), not every one how that is to us
  const site = opensWebSocket(request) ? null : request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin') ?? 'null'
  if (trusted.includes(origin)) return 'ours'
  const from = origin === 'null' ? 'unknown' : isOurs(origin, request) ? 'ours' : 'elsewhere'
  if (site === 'same-site' || site === 'cross-site') return 'elsewhere'
  if (site !== 'same-origin') return from
  // a proxy that rewrites Host makes our own origin look like another's
  return from === 'elsewhere' ? 'unknown' : 'ours'
}

/** The GET that opens a WebSocket, which any site may send, with our cookies on it. */
export function opensWebSocket({ method, headers }: RequestLike): boolean {
  return method === 'GET' && /\bwebsocket\b/i.test(headers.get('upgrade') ?? '')
}

/** TLS may end at a proxy, but nobody's form goes from http up to https. */
function isOurs(origin: string, request: RequestLike): boolean {
  try {
    const own = new URL(request.url)
    return origin === `https://${own.host}` || (origin === own.origin && !isTlsBefore(request))
  } catch {
    return false
  }
}

/** Where a proxy says that the visitor came by https. Nobody gains by lying: it makes us stricter. */
function isTlsBefore({ headers, secure }: RequestLike): boolean {
  return secure ?? isForwardedHttps(headers)
}
