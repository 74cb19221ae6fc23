import type { Awaitable } from './awaitable.ts'
import type { Bytes } from './bytes.ts'

/** A key for AES-256-GCM; of use only to the engine that made it, which does not let its bytes out. */
export interface CipherKey {
  readonly type: string
}

/** A key for HMAC-SHA-256; of use only to the engine that made it, which does not let its bytes out. */
export interface MacKey {
  readonly type: string
}

/** The few things asked of cryptography. Every engine makes the same bytes; `node` makes them at once, `web` later. */
export interface Engine {
  readonly name: 'node' | 'web'
  /** SHA-256 as base64url: a text is quicker to get than bytes, and it is what is kept. */
  sha256(data: Bytes): Awaitable<string>
  macKey(raw: Bytes): Awaitable<MacKey>
  /** HMAC-SHA-256, 32 bytes (RFC 2104). */
  mac(key: MacKey, data: Bytes): Awaitable<Bytes>
  /** HKDF-SHA-256 without salt (RFC 5869). */
  hkdf(secret: Bytes, info: Bytes, length: number): Awaitable<Bytes>
  cipherKey(raw: Bytes): Awaitable<CipherKey>
  /** AES-256-GCM: the ciphertext, then the tag of 16 bytes; `lead` is put before them, so that all is copied once. */
  encrypt(key: CipherKey, iv: Bytes, aad: Bytes, plain: Bytes, lead?: Bytes): Awaitable<Bytes>
  /** What was encrypted, or `null` if this is not what {@link encrypt} made with this key, iv and aad; without `lead`. */
  decrypt(key: CipherKey, iv: Bytes, aad: Bytes, box: Bytes): Awaitable<Bytes | null>
}
