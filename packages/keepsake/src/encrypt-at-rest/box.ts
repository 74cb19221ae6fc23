import type { Contents, KeyRing } from '../core/at-rest.ts'
import {
  type Bytes,
  concat,
  frame,
  fromBase64url,
  fromUtf8,
  randomBytes,
  toBase64url,
  utf8,
} from '../core/bytes.ts'
import { type Engine, engine as usual } from '../core/crypto.ts'

export const LABEL = 'keepsake/at-rest'
export const IV = 12

/** Whose record it is that is opened or closed. */
export interface Place {
  /** Absent where the manager has no secrets. */
  readonly ring: KeyRing | undefined
  readonly audience: string
  readonly id: string
  readonly epoch: string
}

/** What a record's ciphertexts are bound to: they are of no use in another one, nor after a login. */
export function bindingOf({ audience, id, epoch }: Place): Bytes {
  return frame(LABEL, audience, id, epoch)
}

/** The engine that the keys of the ring are for. */
export function engineOf({ ring }: Place): Engine {
  return ring?.first.engine ?? usual()
}

/** base64url(iv ‖ AES-256-GCM(data ‖ line feed ‖ flash)). */
export async function closeBox(place: Place, dataKey: Bytes, { data, flash }: Contents): Promise<string> {
  const iv = randomBytes(IV)
  const engine = engineOf(place)
  const key = await engine.cipherKey(dataKey)
  const box = await engine.encrypt(key, iv, bindingOf(place), utf8(`${data}\n${flash}`))
  return toBase64url(concat(iv, box))
}

/** What {@link closeBox} was given, or `null` if it did not make this. */
export async function openBox(place: Place, dataKey: Bytes, text: string): Promise<Contents | null> {
  const bytes = fromBase64url(text)
  if (!bytes) return null
  const engine = engineOf(place)
  const key = await engine.cipherKey(dataKey)
  const plain = await engine.decrypt(key, bytes.subarray(0, IV), bindingOf(place), bytes.subarray(IV))
  const [data, flash] = (plain && fromUtf8(plain))?.split('\n') ?? []
  return data && flash ? { data, flash } : null
}
