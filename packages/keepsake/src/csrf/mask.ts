import { concat, fromBase64url, randomBytes, toBase64url } from '../core/bytes.ts'

/** Under a mask that is new each time, so that compressed pages tell nothing of it (BREACH). */
export function mask(token: Uint8Array): string {
  const pad = randomBytes(token.length)
  return toBase64url(concat(pad, xor(pad, token)))
}

/** What was masked; `null` if that can't be. */
export function unmask(text: string): Uint8Array | null {
  const bytes = text.length === 86 ? fromBase64url(text) : null
  return bytes && xor(bytes.subarray(0, 32), bytes.subarray(32))
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, at) => byte ^ (b[at] as number))
}
