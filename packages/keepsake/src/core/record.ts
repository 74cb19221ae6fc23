import type { Bytes } from './bytes.ts'
import type { Line, Standing } from './line.ts'
import type { SealedHead } from './seal-content.ts'
import type { Token } from './token.ts'

/** Everything about a session but its data. */
export interface Head {
  /** Start of the absolute lifetime, ms since the epoch: creation, or the last login. */
  readonly createdAt: number
  /** When this session last wrote or renewed, ms since the epoch. */
  readonly lastSeenAt: number
  /** Idle limit in force, ms. */
  readonly idle: number
  /** What `remember` asked for: ms, or `false` to end with the browser. */
  readonly keep?: number | false
  readonly owner?: string
  readonly authenticatedAt?: number
  readonly label?: string
  /** The app's own version of the data. */
  readonly version?: number
  /** It came in a cookie that another host could have planted, and nobody has logged in since. */
  readonly planted?: boolean
  /** The client it is bound to, as a salted hash. */
  readonly bound?: string
}

/** For whoever puts one together, member by member: spreading those that are there takes four times as long. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A session as it was read: head parsed, data and flash still as their JSON text. */
export interface Found {
  readonly id: string
  readonly head: Head
  readonly data: string
  readonly flash: string
  /** The newer of two copies of one session has the higher rank. */
  readonly rank: number
  /** Present where the record lives in a store. */
  readonly seat?: Seat
  /** Present where a snapshot answered in place of the store. */
  readonly standIn?: StandIn
  /** An `update` has changed it, and the snapshot that the client holds does not know. */
  readonly untold?: true
}

/** A snapshot that answered in place of the store. */
export interface StandIn {
  /** Why the store did not, where it was asked. */
  readonly outage?: string
  /** What the store says of the same token now: its session, or what remains of one that has ended. */
  readonly present: () => Promise<{
    readonly found?: Found | undefined
    readonly remains?: Found | undefined
  }>
}

/** Where a stored session sits, and how the client got in. */
export interface Seat {
  readonly version: number
  readonly line: Line
  /** Random; new at create, login and regenerate: who loaded under another one saves nothing. */
  readonly epoch: string
  /** Whose it is: an id alone must not reach another tenant's record. */
  readonly audience: string
  /** The token that this request came with. */
  readonly entry?: Entry
  /** Data and flash, while they are encrypted at rest. */
  readonly closed?: Closed
  /** What they were encrypted under, once they are open. */
  readonly lock?: Lock
}

/** A token that opened a record, and how it stands to the record's line of secrets. */
export interface Entry extends Holder {
  readonly standing: Standing
}

/** One who can open a record, by a token; the verifier is what the record knows that token by. */
export interface Holder {
  readonly token: Token
  readonly verifier: string
}

/** What stands in a record in place of data and flash. */
export interface Closed {
  /** The record's data key, wrapped for each secret that opens the record, by that secret's verifier. */
  readonly wraps: Readonly<Record<string, string>>
  /** Data and flash under that key. */
  readonly box: string
}

/** What a request keeps of a record that it has opened or closed, to do it again. */
export interface Lock {
  readonly dataKey: Bytes
  readonly wraps: Closed['wraps']
  readonly holder: Holder
}

type Short = SealedHead & {
  c?: number
  i?: number
  e?: string
  t?: Line
  u?: string
  w?: string
  r?: Closed['wraps']
}

/**
 * Three lines of JSON: head, data, flash. JSON text has no raw line breaks, so the lines are the parts.
 * Encrypted at rest it is two: head, box. The `mark` tells two writes of the same content apart.
 */
export function writeRecord(
  head: Head,
  data: string,
  flash: string,
  seat?: Pick<Seat, 'line' | 'epoch' | 'audience'> & { readonly closed?: Closed | undefined },
  mark?: string,
): string {
  const short: Short = {
    c: seat ? head.createdAt : undefined,
    i: seat ? head.idle : undefined,
    k: head.keep,
    o: head.owner,
    a: head.authenticatedAt,
    l: head.label,
    v: head.version,
    e: seat?.epoch,
    t: seat?.line,
    u: seat?.audience || undefined,
    p: head.planted,
    b: head.bound,
    w: mark,
    r: seat?.closed?.wraps,
  } as Short
  return `${JSON.stringify(short)}\n${seat?.closed?.box ?? `${data}\n${flash}`}`
}

/** The parts of a record; what is `closed` has to be opened to know them. */
export interface Parts {
  readonly short: Short
  readonly data: string
  readonly flash: string
  readonly closed?: Closed
}

/** The parts of a record's text, or `null` if it isn't one. */
export function readRecord(text: string): Parts | null {
  const [first, second, flash, more] = text.split('\n', 4)
  if (!first || !second || more !== undefined) return null
  const short = readShort(first)
  if (short?.r && flash === undefined)
    return { short, data: '{}', flash: '{}', closed: { wraps: short.r, box: second } }
  return short && !short.r && second[0] === '{' && flash?.[0] === '{' ? { short, data: second, flash } : null
}

const NOTHING: Short = Object.freeze({})

function readShort(text: string): Short | null {
  if (text === '{}') return NOTHING
  try {
    const short: Short | null = JSON.parse(text)
    return short && typeof short === 'object' ? short : null
  } catch {
    return null
  }
}

/** The head that a record's first line tells, given the times that are kept outside of it. */
export function headOf(short: Short, times: Pick<Head, 'createdAt' | 'lastSeenAt' | 'idle'>): Head {
  const head: Writable<Head> = { ...times }
  if (short.k !== undefined) head.keep = short.k
  if (short.o !== undefined) head.owner = short.o
  if (short.a !== undefined) head.authenticatedAt = short.a
  if (short.l !== undefined) head.label = short.l
  if (short.v !== undefined) head.version = short.v
  if (short.p !== undefined) head.planted = short.p
  if (short.b !== undefined) head.bound = short.b
  return head
}
