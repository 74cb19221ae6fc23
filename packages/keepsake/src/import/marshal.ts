import { type Bytes, fromUtf8 } from '../core/bytes.ts'

const DEEPEST = 32
const MOST = 20_000
const MOST_LINKED = 65_536
const LONGEST_INTEGER = 64

/** The class whose objects Rack puts into sessions as their `session_id`. */
const SESSION_ID = 'Rack::Session::SessionId'

/** Whether bytes begin as Ruby's Marshal format 4.8 does. */
export function isMarshal(bytes: Uint8Array): boolean {
  return bytes[0] === 4 && bytes[1] === 8
}

/**
 * What Ruby wrote with `Marshal.dump`, `undefined` where it holds anything but nil, true, false, numbers, texts, symbols,
 * arrays and hashes. Nothing else is ever made of it: of Rack's session id, the one object there may be, its public text.
 *
 * Symbols become texts, so do the keys of hashes, and integers beyond 2^53 become `bigint`.
 */
export function readMarshal(bytes: Bytes): unknown {
  try {
    return isMarshal(bytes) ? new Marshal(bytes).whole() : undefined
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

class Unreadable extends Error {}

function refuse(): never {
  throw new Unreadable()
}

/** A value that a later link may name; `size` is how many bytes it stands for, absent while it is being read. */
interface Linked {
  value: unknown
  size?: number
}

class Marshal {
  readonly #bytes: Bytes
  readonly #symbols: string[] = []
  readonly #objects: Linked[] = []
  #at = 2
  #count = 0
  /** How many bytes links have stood for. */
  #linked = 0

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  whole(): unknown {
    const value = this.#value(0)
    return this.#at === this.#bytes.length ? value : refuse()
  }

  #value(depth: number): unknown {
    if (depth > DEEPEST || ++this.#count > MOST) refuse()
    const type = this.#character()
    switch (type) {
      case '0':
        return null
      case 'T':
        return true
      case 'F':
        return false
      case 'i':
        return this.#integer()
      case ':':
      case ';':
        return this.#symbol(type)
      case '@':
        return this.#link()
      default:
        return this.#object(type, depth)
    }
  }

  #object(type: string, depth: number): unknown {
    const before = this.#at + this.#linked
    const linked: Linked = { value: undefined }
    // a symbol in another encoding comes in the same wrapping as a text, but has no number of its own
    if (type !== 'I' || this.#bytes[this.#at] !== 0x3a) this.#objects.push(linked)
    linked.value = this.#content(type, depth)
    linked.size = this.#at + this.#linked - before + 1
    return linked.value
  }

  #content(type: string, depth: number): unknown {
    switch (type) {
      case 'I':
        return this.#encoded(depth)
      case '"':
        return text(this.#raw())
      case 'f':
        return this.#float()
      case 'l':
        return this.#big()
      case '[':
        return this.#array(depth)
      case '{':
      case '}':
        return this.#hash(type, depth)
      case 'o':
        return this.#sessionId(depth)
      default:
        return refuse()
    }
  }

  /** A text or symbol, and then what its encoding is. */
  #encoded(depth: number): string {
    const type = this.#character()
    if (type !== '"' && type !== ':') refuse()
    const raw = this.#raw()
    // a symbol takes its number before the names that follow it take theirs
    const number = type === ':' ? this.#symbols.push('') - 1 : -1
    if (this.#integer() !== 1) refuse()
    const decoded = text(raw, this.#encoding(depth))
    if (number >= 0) this.#symbols[number] = decoded
    return decoded
  }

  #encoding(depth: number): string | undefined {
    const name = this.#symbol(this.#character())
    const value = this.#value(depth + 1)
    if (name === 'E' && typeof value === 'boolean') return undefined
    return name === 'encoding' && typeof value === 'string' ? value : refuse()
  }

  #float(): number {
    const written = text(this.#raw())
    const special = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }
    if (Object.hasOwn(special, written)) return special[written as keyof typeof special]
    return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(written) ? Number(written) : refuse()
  }

  #big(): number | bigint {
    const sign = this.#character()
    const length = 2 * this.#integer()
    const digits = length > LONGEST_INTEGER ? refuse() : this.#take(length)
    let big = 0n
    for (let i = digits.length - 1; i >= 0; i--) big = big * 256n + BigInt(digits[i] as number)
    if (sign !== '+') big = sign === '-' ? -big : refuse()
    const number = Number(big)
    return Number.isSafeInteger(number) ? number : big
  }

  #array(depth: number): unknown[] {
    const length = this.#length()
    const items: unknown[] = []
    for (let i = 0; i < length; i++) items.push(this.#value(depth + 1))
    return items
  }

  #hash(type: string, depth: number): Record<string, unknown> {
    const length = this.#length()
    const members: Record<string, unknown> = {}
    for (let i = 0; i < length; i++) {
      const key = this.#value(depth + 1)
      const value = this.#value(depth + 1)
      if (typeof key === 'object' && key !== null) refuse()
      if (key !== '__proto__') members[String(key ?? '')] = value
    }
    // what the hash says of keys it does not have
    if (type === '}') this.#value(depth + 1)
    return members
  }

  #sessionId(depth: number): string {
    if (this.#symbol(this.#character()) !== SESSION_ID || this.#integer() !== 1) refuse()
    if (this.#symbol(this.#character()) !== '@public_id') refuse()
    const id = this.#value(depth + 1)
    return typeof id === 'string' ? id : refuse()
  }

  #symbol(type: string): string {
    if (type === ';') return this.#symbols[this.#integer()] ?? refuse()
    if (type !== ':') refuse()
    const name = text(this.#raw())
    this.#symbols.push(name)
    return name
  }

  #link(): unknown {
    const linked = this.#objects[this.#integer()]
    // without a size it would hold itself
    if (linked?.size === undefined) refuse()
    // counted as often as it is linked, or a few links to links would stand for millions of values
    this.#linked += linked.size
    return this.#linked > MOST_LINKED ? refuse() : linked.value
  }

  #integer(): number {
    const first = (this.#byte() << 24) >> 24
    if (first === 0) return 0
    if (first > 4) return first - 5
    if (first < -4) return first + 5
    let number = 0
    for (let i = 0; i < Math.abs(first); i++) number += this.#byte() * 2 ** (8 * i)
    return first > 0 ? number : number - 2 ** (8 * -first)
  }

  /** How many values follow; each of them takes at least a byte. */
  #length(): number {
    const length = this.#integer()
    return length >= 0 && length <= this.#bytes.length - this.#at ? length : refuse()
  }

  #raw(): Bytes {
    return this.#take(this.#integer())
  }

  #take(length: number): Bytes {
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) refuse()
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  #character(): string {
    return String.fromCharCode(this.#byte())
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? refuse()
  }
}

/** Bytes of a known encoding; of none given UTF-8, or if they are not, one character for each byte. */
function text(bytes: Bytes, encoding?: string): string {
  if (encoding === undefined)
    return fromUtf8(bytes) ?? Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  try {
    return new TextDecoder(encoding).decode(bytes)
  } catch {
    return refuse()
  }
}
