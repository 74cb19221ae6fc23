import { type Bytes, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'

/** A secret of another library: text, as UTF-8, or bytes. */
export type OldSecret = string | Uint8Array

/** HMAC (RFC 2104) with one secret. */
export type Mac = (message: string | Uint8Array) => Promise<Bytes>

/** HMACs with this secret. The key is made at first use, and only a finished one is kept: a pending one belongs to its request. */
export function hmac(hash: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512', secret: OldSecret): Mac {
  let key: CryptoKey | undefined
  return async (message) => {
    key ??= await crypto.subtle.importKey('raw', bytesOf(secret), { name: 'HMAC', hash }, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytesOf(message)))
  }
}

/** One secret or several, as a list. @throws {SessionError} `config` when one is missing. */
export function secretList(
  door: string,
  option: string,
  secrets: OldSecret | readonly OldSecret[],
): OldSecret[] {
  const list = Array.isArray(secrets) ? secrets : [secrets]
  const good = (secret: unknown): boolean =>
    (typeof secret === 'string' || secret instanceof Uint8Array) && secret.length > 0
  if (list.length > 0 && list.every(good)) return list
  throw new SessionError('config', `${door}: ${option} is missing: the secrets that the old app signed with.`)
}

function bytesOf(data: string | Uint8Array): Bytes {
  return typeof data === 'string' ? utf8(data) : new Uint8Array(data)
}
