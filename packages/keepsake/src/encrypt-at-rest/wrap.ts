import type { Failed, Holder, Key } from '../core/at-rest.ts'
import { type Bytes, concat, frame, fromBase64url, randomBytes, toBase64url, toHex } from '../core/bytes.ts'
import type { CipherKey } from '../core/crypto.ts'
import { bindingOf, engineOf, IV, LABEL, type Place } from './box.ts'

const KEY_ID = 4
const DATA_KEY = 32
const TAG = 16

/** A data key for one holder: base64url(key id ‖ iv ‖ AES-256-GCM(data key)); without secrets there is no key id. */
export async function wrap(place: Place, holder: Holder, dataKey: Bytes): Promise<string> {
  const { ring } = place
  await ring?.ready()
  const iv = randomBytes(IV)
  const key = await wrappingKey(place, holder, ring?.first)
  const box = await engineOf(place).encrypt(key, iv, bindingOf(place), dataKey)
  return toBase64url(concat(ring?.first.idBytes ?? new Uint8Array(0), iv, box))
}

/** The data key, or why this holder can't have it. */
export async function unwrap(
  place: Place,
  holder: Holder,
  text: string | undefined,
): Promise<Bytes | Failed> {
  const { ring } = place
  const start = ring ? KEY_ID : 0
  const bytes = fromBase64url(text ?? '')
  if (bytes?.length !== start + IV + DATA_KEY + TAG) return { failure: 'malformed' }
  const keyId = bytes.subarray(0, start)
  const secret = ring?.find(keyId)
  if (ring && !secret) return { failure: 'unknown-key', keyId: toHex(keyId) }
  const key = await wrappingKey(place, holder, secret)
  const iv = bytes.subarray(start, start + IV)
  const dataKey = await engineOf(place).decrypt(key, iv, bindingOf(place), bytes.subarray(start + IV))
  return dataKey ?? { failure: 'malformed' }
}

/** The verifier binds it to audience, cookie name, id and secret. */
async function wrappingKey(place: Place, holder: Holder, key?: Key): Promise<CipherKey> {
  const engine = engineOf(place)
  const { secret } = holder.token
  const material = key ? await engine.mac(await key.mac(LABEL), secret) : secret
  return engine.cipherKey(await engine.hkdf(material, frame(LABEL, holder.verifier), 32))
}
