import { type Bytes, concat, part } from './bytes.ts'
import { plain } from './codec.ts'
import type { CipherKey, Engine } from './crypto-engine.ts'
import { hmac, Pads } from './hmac.ts'

const CIPHER = 'aes-256-gcm'
const TAG = 16
const NONE = new Uint8Array(0)

interface Digest {
  update(data: Uint8Array): this
  digest(output: TextOutput): string
}

/** A text costs half of what the same bytes do, which are an allocation of their own. */
type TextOutput = 'base64url' | 'latin1'

interface Cipher {
  setAAD(aad: Uint8Array): unknown
  update(data: Uint8Array): Uint8Array
  final(): Uint8Array
}

/** The part of `node:crypto` that is used here. */
export interface NodeCrypto {
  /** Since Node 21.7; half as long as `createHash`. */
  hash?(hash: 'sha256', data: Uint8Array, output: TextOutput): string
  createHash(hash: 'sha256'): Digest
  createSecretKey(raw: Uint8Array): { readonly type: string }
  hkdfSync(
    hash: 'sha256',
    secret: Uint8Array,
    salt: Uint8Array,
    info: Uint8Array,
    length: number,
  ): ArrayBuffer
  createCipheriv(cipher: typeof CIPHER, key: CipherKey, iv: Uint8Array): Cipher & { getAuthTag(): Uint8Array }
  createDecipheriv(
    cipher: typeof CIPHER,
    key: CipherKey,
    iv: Uint8Array,
    options: { authTagLength: number },
  ): Cipher & { setAuthTag(tag: Uint8Array): unknown }
}

/** Node's cryptography, which Bun and Deno have too: nothing here ever makes a promise. */
export function nodeEngine(crypto: NodeCrypto): Engine {
  const sha256 = (data: Bytes, output: TextOutput): string =>
    crypto.hash?.('sha256', data, output) ?? crypto.createHash('sha256').update(data).digest(output)
  const ofHmac = (data: Bytes): string => sha256(data, 'latin1')
  return {
    name: 'node',
    sha256: (data) => sha256(data, 'base64url'),
    macKey: (raw) => new Pads(raw, ofHmac),
    mac: (key, data) => hmac(key as Pads, data, ofHmac),
    hkdf: (secret, info, length) => new Uint8Array(crypto.hkdfSync('sha256', secret, NONE, info, length)),
    cipherKey: (raw) => crypto.createSecretKey(raw),

    encrypt(key, iv, aad, text, lead = NONE) {
      const cipher = crypto.createCipheriv(CIPHER, key, iv)
      cipher.setAAD(aad)
      const box = cipher.update(text)
      // of a stream cipher nothing is left for the end
      cipher.final()
      return concat(lead, box, cipher.getAuthTag())
    },

    decrypt(key, iv, aad, box) {
      if (box.length < TAG) return null
      const cipher = crypto.createDecipheriv(CIPHER, key, iv, { authTagLength: TAG })
      cipher.setAAD(aad)
      cipher.setAuthTag(part(box, -TAG))
      const text = cipher.update(part(box, 0, -TAG))
      return passes(() => cipher.final()) ? plain(text) : null
    },
  }
}

/** Whether it does not throw. Without a stack to trace, what is forged costs no more than what is genuine: else twice as much. */
function passes(check: () => unknown): boolean {
  const { stackTraceLimit } = Error as { readonly stackTraceLimit?: number }
  Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    check()
    return true
  } catch {
    return false
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}
