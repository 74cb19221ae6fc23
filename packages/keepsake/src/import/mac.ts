import { type Bytes, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'

/** A secret of another library: text, as UTF-8, or bytes. */
export type OldSecret = string | Uint8Array

/** One secret or several; one from the environment may be missing in type, at run time it must be there. */
export type OldSecrets = OldSecret | undefined | readonly (OldSecret | undefined)[]

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

/**
 * One secret or several, as a list.
 * @throws {SessionError} `config` when one is missing, or has fewer bytes than the old library takes.
 */
export function secretList(door: string, option: string, secrets: OldSecrets, least = 1): Bytes[] {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets]
  const good = list.filter(isSecret).map(bytesOf)
  if (list.length > 0 && good.length === list.length && good.every(({ length }) => length >= least))
    return good
  const size = least > 1 ? `, of ${least} bytes or more` : ''
  throw new SessionError('config', `${door}: ${option} is missing: the secrets that the old app used${size}.`)
}

function isSecret(secret: unknown): secret is OldSecret {
  return typeof secret === 'string' || secret instanceof Uint8Array
}

/** As bytes of this reader's own. */
export function bytesOf(data: string | Uint8Array): Bytes {
  return typeof data === 'string' ? utf8(data) : new Uint8Array(data)
}
