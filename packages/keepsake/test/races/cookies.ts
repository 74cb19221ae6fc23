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

/** The fields of a token; the first byte says whether a key id comes before them. */
function fieldsOf(token: string): Buffer {
  const bytes = Buffer.from(token, 'base64url')
  return bytes.subarray(bytes[0] === 3 ? 5 : 1)
}

/** The id of the session that a token is for. */
export function idOf(token: string): string {
  return fieldsOf(token).subarray(0, 16).toString('base64url')
}

/** How many secrets its session had before this one. */
export function generationOf(token: string): number {
  return fieldsOf(token).readUInt32BE(16)
}

/** The secret that a token carries, in whatever wrapping. */
export function secretOf(token: string): string {
  return fieldsOf(token).subarray(24, 56).toString('hex')
}
