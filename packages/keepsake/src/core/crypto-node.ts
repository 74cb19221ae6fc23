import { concat } from './bytes.ts'
import { plain } from './codec.ts'
import type { CipherKey, Engine, MacKey } from './crypto-engine.ts'

const CIPHER = 'aes-256-gcm'
const TAG = 16
const NONE = new Uint8Array(0)

interface Digest {
  update(data: Uint8Array): this
  digest(): Uint8Array
}

interface Cipher {
  setAAD(aad: Uint8Array): unknown
  update(data: Uint8Array): Uint8Array
  final(): Uint8Array
}

/** The part of `node:crypto` that is used here. */
export interface NodeCrypto {
  /** Since Node 21.7; half as long as `createHash`. */
  hash?(hash: 'sha256', data: Uint8Array, output: 'buffer'): Uint8Array
  createHash(hash: 'sha256'): Digest
  createHmac(hash: 'sha256', key: MacKey): Digest
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
  return {
    name: 'node',
    sha256: (data) =>
      plain(crypto.hash?.('sha256', data, 'buffer') ?? crypto.createHash('sha256').update(data).digest()),
    macKey: (raw) => crypto.createSecretKey(raw),
    mac: (key, data) => plain(crypto.createHmac('sha256', key).update(data).digest()),
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
      try {
        cipher.setAAD(aad)
        cipher.setAuthTag(box.subarray(-TAG))
        const text = cipher.update(box.subarray(0, -TAG))
        cipher.final()
        return plain(text)
      } catch {
        return null
      }
    },
  }
}
