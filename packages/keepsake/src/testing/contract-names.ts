import { toBase64url } from '../core/bytes.ts'

/** An id that no other check uses, as the manager makes them: 16 random bytes, 22 characters. */
export function freshId(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(16)))
}

/** An owner as stores see it: a hash, 43 characters. */
export function freshOwner(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** So many fresh ids in ascending order. */
export function freshIds(count: number): string[] {
  return Array.from({ length: count }, freshId).sort()
}
