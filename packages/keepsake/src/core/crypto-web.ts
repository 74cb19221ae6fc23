import { rescue } from './awaitable.ts'
import { type Bytes, concat, toBase64url } from './bytes.ts'
import type { CipherKey, Engine, MacKey } from './crypto-engine.ts'

/** Web Cryptography; its keys are not extractable. */
export const webEngine: Engine = {
  name: 'web',

  async sha256(data: Bytes): Promise<string> {
    return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', data)))
  },

  macKey(raw: Bytes): Promise<MacKey> {
    return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  },

  async mac(key: MacKey, data: Bytes): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.sign('HMAC', key as CryptoKey, data))
  },

  async hkdf(secret: Bytes, info: Bytes, length: number): Promise<Bytes> {
    const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8))
  },

  cipherKey(raw: Bytes): Promise<CipherKey> {
    return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  },

  async encrypt(key: CipherKey, iv: Bytes, aad: Bytes, plain: Bytes, lead?: Bytes): Promise<Bytes> {
    const algorithm = { name: 'AES-GCM', iv, additionalData: aad }
    const box = new Uint8Array(await crypto.subtle.encrypt(algorithm, key as CryptoKey, plain))
    return lead ? concat(lead, box) : box
  },

  decrypt(key: CipherKey, iv: Bytes, aad: Bytes, box: Bytes) {
    const algorithm = { name: 'AES-GCM', iv, additionalData: aad }
    return rescue<Bytes | null>(
      () => crypto.subtle.decrypt(algorithm, key as CryptoKey, box).then((plain) => new Uint8Array(plain)),
      () => null,
    )
  },
}
