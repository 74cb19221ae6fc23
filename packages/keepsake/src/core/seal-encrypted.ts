import { type Awaitable, chain } from './awaitable.ts'
import { type Bytes, concat, frame, fromBase64url, randomBytes, toBase64url, toHex, utf8 } from './bytes.ts'
import type { Key } from './keys.ts'
import { HEAD, readContent, readNumber, type SealContent, writeHead, writeNumber } from './seal-content.ts'
import { failed, HOUR, judgePeriod, opened, type SealContext, type Unsealed } from './seal-format.ts'

const VERSION = 1
const HEADER = 9
const IV = 12
const TAG = 16
const SHARDS = 4

/** 0x01 ‖ key id ‖ period ‖ shard ‖ iv ‖ ciphertext ‖ tag, as base64url. */
export function sealEncrypted(context: SealContext, content: SealContent, now: number): Awaitable<string> {
  const key = context.ring.first
  const random = randomBytes(IV + 1)
  const header = headerOf(key, Math.floor(now / HOUR), (random[IV] as number) % SHARDS)
  const iv = random.subarray(0, IV)
  const plain = concat(writeHead(content), utf8(content.json))
  const box = chain(cipherOf(context, key, header), (cipher) =>
    key.engine.encrypt(cipher, iv, bindingOf(context, header), plain),
  )
  return chain(box, (bytes) => toBase64url(concat(header, iv, bytes)))
}

/** The content of what {@link sealEncrypted} made; nothing is derived or decrypted before all that is public is right. */
export function unsealEncrypted(
  context: SealContext,
  text: string,
  now: number,
  lifetime: number,
): Awaitable<Unsealed> {
  const bytes = fromBase64url(text)
  if (
    !bytes ||
    bytes.length < HEADER + IV + HEAD + TAG ||
    bytes[0] !== VERSION ||
    (bytes[8] as number) >= SHARDS
  ) {
    return failed('malformed')
  }
  const header = bytes.subarray(0, HEADER)
  const key = context.ring.find(header.subarray(1, 5))
  if (!key) return failed('unknown-key', toHex(header.subarray(1, 5)))
  const untimely = judgePeriod(readNumber(header, 5, 3), now, lifetime)
  if (untimely) return failed(untimely, key.id)
  const iv = bytes.subarray(HEADER, HEADER + IV)
  const plain = chain(cipherOf(context, key, header), (cipher) =>
    key.engine.decrypt(cipher, iv, bindingOf(context, header), bytes.subarray(HEADER + IV)),
  )
  return chain(plain, (it) =>
    opened(context, key, it && readContent(it.subarray(0, HEAD), it.subarray(HEAD)), now),
  )
}

function headerOf(key: Key, period: number, shard: number): Bytes {
  const header = new Uint8Array(HEADER)
  header[0] = VERSION
  header.set(key.idBytes, 1)
  writeNumber(header, 5, 3, period)
  header[8] = shard
  return header
}

function cipherOf(context: SealContext, key: Key, header: Bytes): ReturnType<Key['cipher']> {
  return key.cipher(context.purpose, readNumber(header, 5, 3), header[8] as number)
}

function bindingOf(context: SealContext, header: Bytes): Bytes {
  return frame('keepsake/seal', header, context.name, context.purpose, context.audience)
}
