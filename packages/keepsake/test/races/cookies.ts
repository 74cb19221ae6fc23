import type { RequestLike } from '../../src/index.ts'

const NAME = '__Host-Http-session'

/** A request with this token. */
export function carrying(token: string | undefined): RequestLike {
  const cookie = token === undefined ? null : `${NAME}=${token}`
  const headers = { get: (name: string) => (name === 'cookie' ? cookie : null) }
  return { url: 'https://example.test/', method: 'GET', headers }
}

/** The token in these Set-Cookie lines. */
export function tokenOf(cookies: readonly string[]): string | undefined {
  const line = cookies.find((cookie) => cookie.startsWith(`${NAME}=`) && !isClearing(cookie))
  return line?.slice(NAME.length + 1).split(';')[0]
}

export function isClearing(cookie: string): boolean {
  return cookie.includes('Max-Age=0')
}

/** The secret that a token carries, in whatever wrapping. */
export function secretOf(token: string): string {
  const bytes = Buffer.from(token, 'base64url')
  const at = bytes[0] === 3 ? 29 : 25
  return bytes.subarray(at, at + 32).toString('hex')
}
