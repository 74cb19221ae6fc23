import { type Bytes, concat, writeLatin1 } from './bytes.ts'
import type { MacKey } from './crypto-engine.ts'

// of SHA-256, bytes
const BLOCK = 64
const HASH = 32

/** SHA-256 of the bytes, a character a byte. */
type Hash = (data: Bytes) => string

/** A key of HMAC-SHA-256: the two blocks that are hashed before the rest (RFC 2104 §2). */
export class Pads implements MacKey {
  readonly type = 'secret'
  readonly inner: Bytes
  /** Room for the inner hash is behind it. */
  readonly outer: Bytes

  constructor(raw: Bytes, hash: Hash) {
    const key = raw.length > BLOCK ? writeLatin1(new Uint8Array(HASH), 0, hash(raw)) : raw
    this.inner = new Uint8Array(BLOCK).fill(0x36)
    this.outer = new Uint8Array(BLOCK + HASH).fill(0x5c, 0, BLOCK)
    key.forEach((byte, i) => {
      ;(this.inner[i] as number) ^= byte
      ;(this.outer[i] as number) ^= byte
    })
  }
}

/** HMAC-SHA-256 of two hashes that are texts: half of what `createHmac` takes, which makes an object and a buffer of each. */
export function hmac({ inner, outer }: Pads, data: Bytes, hash: Hash): Bytes {
  writeLatin1(outer, BLOCK, hash(concat(inner, data)))
  return writeLatin1(new Uint8Array(HASH), 0, hash(outer))
}
