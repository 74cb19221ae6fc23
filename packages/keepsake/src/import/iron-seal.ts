import { type Bytes, equalBytes, fromBase64url, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { decrypt } from './aes.ts'
import { fromJson } from './encodings.ts'
import { hmac } from './mac.ts'

/** By how much clocks may differ. */
const SKEW = 60_000
const LONGEST = 16_384

const SALT = '[0-9a-f]{64}'
const FORM = new RegExp(
  `^(Fe26\\.2\\*(\\w*)\\*(${SALT})\\*([\\w-]{22})\\*([\\w-]+)\\*(\\d{0,16}))\\*(${SALT})\\*([\\w-]{43})$`,
)

/** A seal in the format of `@hapi/iron`: nothing of it is known to be true yet. */
export interface IronSeal {
  readonly passwordId: string
  /** What the MAC stands for. */
  readonly signed: string
  readonly salt: string
  readonly iv: Bytes
  readonly box: Bytes
  readonly macSalt: string
  readonly mac: Bytes
}

/** The parts of an unexpired seal, `null` for any other text; costs no cryptography. */
export function parseSeal(text: string, now: number): IronSeal | null {
  const parts = text.length <= LONGEST ? FORM.exec(text) : null
  if (!parts) return null
  const [, signed = '', passwordId = '', salt = '', iv = '', box = '', expires = '', macSalt = '', mac = ''] =
    parts
  const [ivBytes, boxBytes, macBytes] = [iv, box, mac].map(fromBase64url)
  if (!ivBytes || !boxBytes || !macBytes || boxBytes.length % 16 !== 0) return null
  if (expires !== '' && Number(expires) <= now - SKEW) return null
  return { passwordId, signed, salt, iv: ivBytes, box: boxBytes, macSalt, mac: macBytes }
}

/** The value in a seal, `undefined` where the password did not make it. The key for decrypting is derived after the MAC is right. */
export async function openSeal(seal: IronSeal, password: string, iterations: number): Promise<unknown> {
  const macOf = hmac('SHA-256', await derive(password, seal.macSalt, iterations))
  if (!equalBytes(await macOf(seal.signed), seal.mac)) return undefined
  const key = await derive(password, seal.salt, iterations)
  const plain = await decrypt({ name: 'AES-CBC', iv: seal.iv }, key, seal.box)
  return plain ? fromJson(plain) : undefined
}

/** PBKDF2 with HMAC-SHA-1 (RFC 8018 §5.2), 32 bytes. */
async function derive(password: string, salt: string, iterations: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', utf8(password), 'PBKDF2', false, ['deriveBits'])
  const algorithm = { name: 'PBKDF2', hash: 'SHA-1', salt: utf8(salt), iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256))
}

/** @throws {SessionError} `config` for a password that the makers of seals refuse. */
export function checkPassword(door: string, password: unknown): asserts password is string {
  if (typeof password === 'string' && password.length >= 32) return
  throw new SessionError('config', `${door}: password is missing: the old app's, 32 characters or more.`)
}
