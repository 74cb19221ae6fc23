import type { Bytes } from '../core/bytes.ts'

/** The ways of AES that sessions are encrypted with. */
export type Cipher =
  | { readonly name: 'AES-GCM'; readonly iv: Bytes; readonly additionalData: Bytes }
  | { readonly name: 'AES-CBC'; readonly iv: Bytes }
  | { readonly name: 'AES-CTR'; readonly counter: Bytes; readonly length: 128 }

/** What was encrypted, or `null` where key, tag or padding are wrong. */
export async function decrypt(cipher: Cipher, key: Bytes, box: Bytes): Promise<Bytes | null> {
  const imported = await crypto.subtle.importKey('raw', key, cipher.name, false, ['decrypt'])
  return crypto.subtle.decrypt(cipher, imported, box).then(
    (plain) => new Uint8Array(plain),
    () => null,
  )
}
