import { type Bytes, fromUtf8, utf8 } from './bytes.ts'

/** What a seal carries. Times are milliseconds since the epoch. */
export interface SealContent {
  /** The session's id, 16 bytes. */
  readonly id: Bytes
  readonly createdAt: number
  readonly issuedAt: number
  readonly expiresAt: number
  /** 0 to 2^32 - 1. */
  readonly revision: number
  /** Whether the cookie outlives the browser. */
  readonly persistent: boolean
  /** The payload; parsed by the caller. */
  readonly json: string
}

/** What the first line of that JSON may have, by letters: see `Head` of the record. */
export type SealedHead = {
  k?: number | false
  o?: string
  a?: number
  l?: string
  v?: number
  p?: boolean
  b?: string
}

/** How many bytes stand before the JSON. */
export const HEAD = 40

const FORMAT = 1
const PERSISTENT = 1
const ROOM = ' '.repeat(HEAD)

/** format ‖ flags ‖ issuedAt ‖ createdAt ‖ expiresAt ‖ id ‖ revision. @throws {TypeError} for what could not be read again. */
export function writeHead(content: SealContent): Bytes {
  return fillHead(new Uint8Array(HEAD), content)
}

/** The head, and after it the JSON. */
export function writeContent(content: SealContent): Bytes {
  // one encoding and no copy: the text begins with the room that the head takes
  return fillHead(utf8(ROOM + content.json), content)
}

function fillHead(head: Bytes, content: SealContent): Bytes {
  check(content)
  head[0] = FORMAT
  head[1] = content.persistent ? PERSISTENT : 0
  writeNumber(head, 2, 6, content.issuedAt)
  writeNumber(head, 8, 6, content.createdAt)
  writeNumber(head, 14, 6, content.expiresAt)
  head.set(content.id, 20)
  writeNumber(head, 36, 4, content.revision)
  return head
}

/** The content of a head, whatever comes after its {@link HEAD} bytes, and the JSON, or `null` if {@link writeHead} could not have made it. */
export function readContent(head: Bytes, body: Bytes): SealContent | null {
  if (head[0] !== FORMAT || (head[1] as number) > PERSISTENT) return null
  const issuedAt = readNumber(head, 2, 6)
  const createdAt = readNumber(head, 8, 6)
  const expiresAt = readNumber(head, 14, 6)
  if (createdAt > issuedAt || issuedAt >= expiresAt) return null
  const json = fromUtf8(body)
  if (json === null) return null
  const revision = readNumber(head, 36, 4)
  return {
    id: head.slice(20, 36),
    createdAt,
    issuedAt,
    expiresAt,
    revision,
    persistent: head[1] === PERSISTENT,
    json,
  }
}

/** A whole number, big endian. */
export function readNumber(bytes: Uint8Array, at: number, length: number): number {
  let number = 0
  for (let i = at; i < at + length; i++) number = number * 256 + (bytes[i] as number)
  return number
}

/** The id of the key that a seal or token was made with, as eight hexadecimal digits; it stands behind the first byte. */
export function readKeyId(bytes: Uint8Array): string {
  return readNumber(bytes, 1, 4).toString(16).padStart(8, '0')
}

/** The opposite of {@link readNumber}. */
export function writeNumber(bytes: Uint8Array, at: number, length: number, number: number): void {
  // in two halves of 32 bits: division of larger numbers is ten times as slow
  const high = Math.floor(number / 2 ** 32)
  for (let i = 0; i < length; i++)
    bytes[at + length - 1 - i] = i < 4 ? number >>> (8 * i) : high >>> (8 * (i - 4))
}

function check({ id, createdAt, issuedAt, expiresAt, revision }: SealContent): void {
  const whole = isWhole(createdAt) && isWhole(issuedAt) && isWhole(expiresAt) && isWhole(revision)
  const times = createdAt <= issuedAt && issuedAt < expiresAt && expiresAt < 2 ** 48
  if (whole && times && revision < 2 ** 32 && id.length === 16) return
  const facts = `${createdAt}, ${issuedAt}, ${expiresAt}, revision ${revision}, an id of ${id.length} bytes`
  throw new TypeError(
    `seal: whole createdAt <= issuedAt < expiresAt and an id of 16 bytes are needed, got ${facts}`,
  )
}

function isWhole(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0
}
