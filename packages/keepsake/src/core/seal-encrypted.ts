import { type Awaitable, chain } from './awaitable.ts'
import { type Bytes, frame, fromBase64url, part, randomBytes, toBase64url } from './bytes.ts'
import type { CipherKey } from './crypto.ts'
import type { Key } from './keys.ts'
import {
  HEAD,
  readContent,
  readKeyId,
  readNumber,
  type SealContent,
  writeContent,
  writeNumber,
} from './seal-content.ts'
import {
  failed,
  HOUR,
  judgePeriod,
  opened,
  type Protection,
  type SealContext,
  type Unsealed,
} from './seal-format.ts'

const VERSION = 1
const HEADER = 9
const IV = 12
const TAG = 16
const SHARDS = 4

/** AES-256-GCM: nobody without the secret reads it. */
export const encrypted: Protection = { seal: sealEncrypted, unseal: unsealEncrypted }

/** 0x01 ‖ key id ‖ period ‖ shard ‖ iv ‖ ciphertext ‖ tag, as base64url. */
function sealEncrypted(context: SealContext, content: SealContent, now: number): Awaitable<string> {
  const key = context.ring.first
  const lead = leadOf(key, Math.floor(now / HOUR))
  const box = chain(cipherOf(context, key, lead), (cipher) =>
    key.engine.encrypt(cipher, ivIn(lead), bindingOf(context, cipher, lead), writeContent(content), lead),
  )
  return chain(box, toBase64url)
}

/** The content of what {@link sealEncrypted} made; nothing is derived or decrypted before all that is public is right. */
function unsealEncrypted(
  context: SealContext,
  text: string,
  now: number,
  lifetime: number,
): Awaitable<Unsealed> {
  const bytes = encryptedBytes(text)
  if (!bytes) return failed('malformed')
  const key = context.ring.find(bytes, 1)
  if (!key) return failed('unknown-key', readKeyId(bytes))
  const untimely = judgePeriod(readNumber(bytes, 5, 3), now, lifetime)
  if (untimely) return failed(untimely, key.id)
  const plain = chain(cipherOf(context, key, bytes), (cipher) =>
    key.engine.decrypt(cipher, ivIn(bytes), bindingOf(context, cipher, bytes), part(bytes, HEADER + IV)),
  )
  return chain(plain, (it) => opened(context, key, it && readContent(it, part(it, HEAD)), now))
}

/** What is in the open of a text in this form, `null` for any other; `period` in ms since the epoch. */
export function readEncrypted(text: string): { readonly keyId: string; readonly period: number } | null {
  const bytes = encryptedBytes(text)
  return bytes && { keyId: readKeyId(bytes), period: readNumber(bytes, 5, 3) * HOUR }
}

function encryptedBytes(text: string): Bytes | null {
  const bytes = fromBase64url(text)
  if (!bytes || bytes.length < HEADER + IV + HEAD + TAG) return null
  return bytes[0] === VERSION && (bytes[8] as number) < SHARDS ? bytes : null
}

/** All that stands before the ciphertext: header and iv. */
function leadOf(key: Key, period: number): Bytes {
  const lead = randomBytes(HEADER + IV)
  lead[0] = VERSION
  lead.set(key.idBytes, 1)
  writeNumber(lead, 5, 3, period)
  lead[8] = (lead[8] as number) % SHARDS
  return lead
}

function ivIn(seal: Bytes): Bytes {
  return part(seal, HEADER, HEADER + IV)
}

function cipherOf(context: SealContext, key: Key, seal: Bytes): ReturnType<Key['cipher']> {
  return key.cipher(context.purpose, readNumber(seal, 5, 3), seal[8] as number)
}

/** The associated data. A key seals under one header alone, so in a context it is the same for all its seals. */
function bindingOf(context: SealContext, cipher: CipherKey, seal: Bytes): Bytes {
  const known = bindings.get(context)?.get(cipher)
  if (known) return known
  const { name, purpose, audience } = context
  const made = frame('keepsake/seal', part(seal, 0, HEADER), name, purpose, audience)
  const ofContext = bindings.get(context) ?? new WeakMap<CipherKey, Bytes>()
  bindings.set(context, ofContext.set(cipher, made))
  return made
}

const bindings: WeakMap<SealContext, WeakMap<CipherKey, Bytes>> = new WeakMap()
