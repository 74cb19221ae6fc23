import { type Bytes, fromBase64url, toBase64url } from '../core/bytes.ts'

/** Base64 of RFC 4648 §4, without padding. */
export function toBase64(bytes: Uint8Array): string {
  return toBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/')
}

/** The bytes of a base64 text of RFC 4648 §4, padded or not; `null` for any other. */
export function fromBase64(text: string): Bytes | null {
  if (/[-_]/.test(text)) return null
  return fromBase64url(
    text
      .replace(/={1,2}$/, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  )
}
