import { type Awaitable, chain } from './awaitable.ts'
import {
  type Bytes,
  bytesOf,
  concat,
  equalBytes,
  frame,
  fromBase64url,
  part,
  randomBytes,
  toBase64url,
} from './bytes.ts'
import { engine } from './crypto.ts'
import type { KeyRing } from './keys.ts'
import { readKeyId, readNumber, writeNumber } from './seal-content.ts'
import type { Failed } from './seal-format.ts'

/**
 * What the client holds in stored mode.
 *
 * With secrets: `0x03 ‖ key id(4) ‖ id(16) ‖ generation(u32be) ‖ issued(u32be, seconds) ‖ secret(32) ‖ mac(16)`.
 * Without: `0x04 ‖ id(16) ‖ generation(u32be) ‖ issued(u32be, seconds) ‖ secret(32)`. Base64url, no padding.
 */
export interface Token {
  /** The session's public id, base64url. */
  readonly id: string
  /** How many secrets the session had before this one. */
  readonly generation: number
  /** Milliseconds since the epoch, to the second; for explanations only. */
  readonly issuedAt: number
  readonly secret: Bytes
}

/** Where a token or seal is good: nowhere but under this cookie name, for this audience. */
export interface Realm {
  readonly ring: KeyRing | undefined
  readonly name: string
  readonly audience: string
}

const WITH_MAC = 0x03
const WITHOUT_MAC = 0x04
const FIELDS = 16 + 4 + 4 + 32
const MAC = 16
const LENGTHS: Readonly<Record<number, number>> = {
  [WITH_MAC]: 5 + FIELDS + MAC,
  [WITHOUT_MAC]: 1 + FIELDS,
}

export function writeToken(realm: Realm, token: Token): Awaitable<string> {
  const id = idBytes(token)
  const numbers = new Uint8Array(8)
  writeNumber(numbers, 0, 4, token.generation)
  writeNumber(numbers, 4, 4, Math.floor(token.issuedAt / 1000))
  const { ring } = realm
  if (!ring) return toBase64url(concat(Uint8Array.of(WITHOUT_MAC), id, numbers, token.secret))
  return chain(ring.ready(), () => {
    const body = concat(Uint8Array.of(WITH_MAC), ring.first.idBytes, id, numbers, token.secret)
    return chain(macOf(realm, ring.first, body), (mac) => toBase64url(concat(body, mac)))
  })
}

/** Checks form and MAC; whether the token opens a record is for the record to say. */
export function readToken(realm: Realm, text: string): Awaitable<Token | Failed> {
  const { ring } = realm
  const bytes = tokenBytes(text)
  if (bytes?.[0] !== (ring ? WITH_MAC : WITHOUT_MAC)) return { failure: 'malformed' }
  if (!ring) return fields(bytes, 1)
  return chain(ring.ready(), () => {
    const key = ring.find(bytes, 1)
    if (!key) return { failure: 'unknown-key', keyId: readKeyId(bytes) }
    const body = part(bytes, 0, 5 + FIELDS)
    return chain(macOf(realm, key, body), (mac) =>
      equalBytes(mac, part(bytes, 5 + FIELDS)) ? fields(bytes, 5) : { failure: 'tampered', keyId: key.id },
    )
  })
}

/** What is public of a token, by its own word: nobody has checked it. */
export interface TokenClaims extends Omit<Token, 'secret'> {
  /** Absent from a token without a MAC. */
  readonly keyId?: string
}

/** What a text in the form of a token says of itself; `null` for any other. */
export function tokenClaims(text: string): TokenClaims | null {
  const bytes = tokenBytes(text)
  if (!bytes) return null
  const signed = bytes[0] === WITH_MAC
  const { secret: _, ...claims } = fields(bytes, signed ? 5 : 1)
  return { ...claims, ...(signed && { keyId: readKeyId(bytes) }) }
}

/** The bytes of a text in one of the two forms, `null` for any other. */
function tokenBytes(text: string): Bytes | null {
  const bytes = text.length > 128 ? null : fromBase64url(text)
  return bytes?.length === LENGTHS[bytes?.[0] as number] ? bytes : null
}

/** What the record keeps of a token's secret: enough to recognise it, nothing to make it from. */
export function verifierOf(realm: Realm, token: Token): Awaitable<string> {
  const framed = frame('keepsake/verifier', realm.audience, realm.name, idBytes(token), token.secret)
  return engine().sha256(framed)
}

/** 128 random bits, base64url: a session's public name. */
export function mintId(): string {
  return toBase64url(randomBytes(16))
}

/** 96 random bits, base64url: tells a session from what it was before a login or regenerate. */
export function mintEpoch(): string {
  return toBase64url(randomBytes(12))
}

function macOf(realm: Realm, key: KeyRing['first'], body: Bytes): Awaitable<Bytes> {
  const framed = frame('keepsake/token', body, realm.name, realm.audience)
  return chain(key.mac('keepsake/token'), (mac) =>
    chain(key.engine.mac(mac, framed), (tag) => part(tag, 0, MAC)),
  )
}

function idBytes({ id }: Token): Bytes {
  const bytes = bytesOf(id)
  if (bytes.length !== 16) throw new TypeError('A session id is 16 bytes as base64url.')
  return bytes
}

function fields(bytes: Bytes, at: number): Token {
  return {
    id: toBase64url(part(bytes, at, at + 16)),
    generation: readNumber(bytes, at + 16, 4),
    issuedAt: readNumber(bytes, at + 20, 4) * 1000,
    secret: part(bytes, at + 24, at + 56),
  }
}
