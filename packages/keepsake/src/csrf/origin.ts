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
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin') ?? 'null'
  if (trusted.includes(origin)) return 'ours'
  const from = origin === 'null' ? 'unknown' : isOurs(origin, request.url) ? 'ours' : 'elsewhere'
  if (site === 'same-site' || site === 'cross-site') return 'elsewhere'
  if (site !== 'same-origin') return from
  // a proxy that rewrites Host makes our own origin look like another's
  return from === 'elsewhere' ? 'unknown' : 'ours'
}

/** TLS may end at a proxy, but nobody's form goes from http up to https. */
function isOurs(origin: string, url: string): boolean {
  try {
    const own = new URL(url)
    return origin === own.origin || origin === `https://${own.host}`
  } catch {
    return false
  }
}
