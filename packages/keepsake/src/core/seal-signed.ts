import { type Awaitable, chain } from './awaitable.ts'
import { type Bytes, concat, equalBytes, frame, fromBase64url, toBase64url, utf8 } from './bytes.ts'
import type { Key } from './keys.ts'
import { HEAD, readContent, readKeyId, readNumber, type SealContent, writeHead } from './seal-content.ts'
import {
  failed,
  HOUR,
  judgePeriod,
  opened,
  type Protection,
  type SealContext,
  type Unsealed,
} from './seal-format.ts'

const VERSION = 2
const HEADER = 5 + HEAD
const MAC = 32
const LABEL = 'keepsake/signed-seal'

/** HMAC-SHA-256: anybody can read it, nobody change it. */
export const signed: Protection = { seal: sealSigned, unseal: unsealSigned }

/** base64url(0x02 ‖ key id ‖ head) . base64url(JSON) . base64url(mac): anybody can read it, nobody change it. */
function sealSigned(context: SealContext, content: SealContent): Awaitable<string> {
  const key = context.ring.first
  const header = concat(Uint8Array.of(VERSION), key.idBytes, writeHead(content))
  const body = utf8(content.json)
  return chain(macOf(context, key, header, body), (mac) => [header, body, mac].map(toBase64url).join('.'))
}

/** The content of what {@link sealSigned} made. */
function unsealSigned(
  context: SealContext,
  text: string,
  now: number,
  lifetime: number,
): Awaitable<Unsealed> {
  const parts = signedParts(text)
  if (!parts) return failed('malformed')
  const [header, body, mac] = parts
  const key = context.ring.find(header, 1)
  if (!key) return failed('unknown-key', readKeyId(header))
  const head = header.subarray(5)
  const untimely = judgePeriod(Math.floor(readNumber(head, 2, 6) / HOUR), now, lifetime)
  if (untimely) return failed(untimely, key.id)
  return chain(macOf(context, key, header, body), (expected) =>
    opened(context, key, equalBytes(mac, expected) ? readContent(head, body) : null, now),
  )
}

/** What anybody can read of a text in this form, `null` for any other; nobody has checked it. */
export function readSigned(
  text: string,
): { readonly keyId: string; readonly content: SealContent | null } | null {
  const parts = signedParts(text)
  if (!parts) return null
  const [header, body] = parts
  return { keyId: readKeyId(header), content: readContent(header.subarray(5), body) }
}

function signedParts(text: string): [header: Bytes, body: Bytes, mac: Bytes] | null {
  const [header, body, mac, more] = text.split('.', 4).map(fromBase64url)
  if (header?.length !== HEADER || header[0] !== VERSION || !body) return null
  return mac?.length === MAC && more === undefined ? [header, body, mac] : null
}

function macOf(context: SealContext, key: Key, header: Bytes, body: Bytes): Awaitable<Bytes> {
  const signed = frame(LABEL, header, body, context.name, context.purpose, context.audience)
  return chain(key.mac(LABEL), (secret) => key.engine.mac(secret, signed))
}
