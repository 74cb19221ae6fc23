import { type Bytes, type Codec, chooseCodec } from './codec.ts'

export type { Bytes } from './codec.ts'

const DECODER: TextDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

let chosen: Codec | undefined

function codec(): Codec {
  chosen ??= chooseCodec(globalThis as object)
  return chosen
}

/** Some of the bytes, to be read and not changed: as a view, or as a copy where that is quicker. */
export function part(bytes: Bytes, from: number, to?: number): Bytes {
  return codec().part(bytes, from, to)
}

/** Base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
  return codec().toBase64url(bytes)
}

/** The bytes of a base64url text, or `null` unless it is the one text that {@link toBase64url} makes of them. */
export function fromBase64url(text: string): Bytes | null {
  return strictBase64url(codec(), text)
}

/** The bytes of a text that {@link toBase64url} made; for others there is {@link fromBase64url}, which takes twice as long. */
export function bytesOf(text: string): Bytes {
  return codec().fromBase64url(text)
}

/** As {@link fromBase64url}: decoders let padding, spaces and stray bits pass, so the bytes must give the text again. */
export function strictBase64url(codec: Codec, text: string): Bytes | null {
  try {
    const bytes = codec.fromBase64url(text)
    return codec.toBase64url(bytes) === text ? bytes : null
  } catch {
    return null
  }
}

/** A text as UTF-8; a lone surrogate becomes U+FFFD. */
export function utf8(text: string): Bytes {
  return codec().utf8(text)
}

/** The text of UTF-8 bytes, a byte order mark included, or `null` if they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return DECODER.decode(bytes)
  } catch {
    return null
  }
}

/** All the parts in one. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0
  for (const part of parts) length += part.length
  const whole = codec().allocate(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/**
 * Several values as one, so that no two lists of values give the same bytes: how many there are, then each after its
 * length as two bytes, big endian. Texts are UTF-8.
 * @throws {RangeError} for more than 255 parts, or one of more than 65,535 bytes.
 */
export function frame(...parts: readonly (string | Uint8Array)[]): Bytes {
  // most texts are ASCII: those are their own length, and written without bytes of their own
  const pieces = parts.map((part) => (typeof part === 'string' && !isAscii(part) ? utf8(part) : part))
  let length = 1
  for (const piece of pieces) length += 2 + within(0xffff, piece.length)
  const whole = codec().allocate(length)
  whole[0] = within(0xff, pieces.length)
  let at = 1
  for (const piece of pieces) {
    whole[at] = piece.length >> 8
    whole[at + 1] = piece.length
    at += 2
    if (typeof piece === 'string') writeLatin1(whole, at, piece)
    else whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** Writes a text of which each character is one byte. */
export function writeLatin1(bytes: Bytes, at: number, text: string): Bytes {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return bytes
}

function within(limit: number, length: number): number {
  if (length <= limit) return length
  throw new RangeError(`frame: ${length} is more than the ${limit} that can be written`)
}

/** Whether both are the same bytes; how long it takes says nothing about where they differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}

/** Whether both are the same text; how long it takes says nothing about where they differ. */
export function equalText(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

/** Lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += (byte | 0x100).toString(16).slice(1)
  return hex
}

/** So many bytes from the platform's generator. Never kept ahead: a cloned process would repeat them. */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(codec().allocate(length))
}
