import type { RequestLike } from '../index.ts'
import { type ConnectionOptions, originReader } from './connection.ts'
import type { NodeRequest } from './types.ts'

/**
 * A Node request as managers read it; nothing is copied. For `sessions.explain(requestLike(req))`, or for a socket's
 * upgrade, which no middleware sees: `sessions.load(requestLike(req))`. The options are those of the middleware.
 *
 * @throws {SessionError} `config` for options that are not known; it names the remedy.
 */
export function requestLike(req: NodeRequest, options: ConnectionOptions = {}): RequestLike {
  return requestReader(options)(req)
}

/** Like {@link requestLike}, for many requests. */
export function requestReader(options: ConnectionOptions): (req: NodeRequest) => RequestLike {
  const originOf = originReader(options)
  return (req) => {
    const headers = new IncomingHeaders(req.headers)
    const { scheme, host } = originOf(req, (name) => headers.get(name))
    return {
      method: req.method ?? 'GET',
      headers,
      url: `${originIn(scheme, host)}${pathOf(req)}`,
      ...(options.secure === 'auto' && { secure: scheme === 'https' }),
    }
  }
}

/** A Host that is none, or is missing as in HTTP/1.0, must not fail whoever parses the URL (RFC 2606 §2). */
function originIn(scheme: string, host: string): string {
  const origin = `${scheme}://${host}`
  return URL.canParse(origin) ? origin : `${scheme}://unknown.invalid`
}

/** Express and Connect cut the path a router is mounted at from `url`. An absolute form (RFC 9112 §3.2.2) counts by its path. */
function pathOf(req: NodeRequest & { readonly originalUrl?: string }): string {
  const path = (req.originalUrl ?? req.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** `req.headers`, with what managers need of `Headers`. Node has joined repeated Cookie lines by '; '. */
class IncomingHeaders {
  readonly #fields: NodeRequest['headers']

  constructor(fields: NodeRequest['headers']) {
    this.#fields = fields
  }

  get(name: string): string | null {
    const key = name.toLowerCase()
    const value = this.#fields[key] ?? (key === 'host' ? this.#fields[':authority'] : undefined)
    return typeof value === 'object' ? value.join(', ') : (value ?? null)
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    for (const name of Object.keys(this.#fields)) yield [name, this.get(name) ?? '']
  }
}
