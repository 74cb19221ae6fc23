import type { Line, Standing } from './line.ts'
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
}

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
}

/** A token that opened a record, and how it stands to the record's line of secrets. */
export interface Entry {
  readonly token: Token
  readonly verifier: string
  readonly standing: Standing
}

type Short = {
  c?: number
  i?: number
  k?: number | false
  o?: string
  a?: number
  l?: string
  v?: number
  e?: string
  t?: Line
  u?: string
  w?: string
}

/**
 * Three lines of JSON: head, data, flash. JSON text has no raw line breaks, so the lines are the parts.
 * The `mark` tells two writes of the same content apart.
 */
export function writeRecord(
  head: Head,
  data: string,
  flash: string,
  seat?: Pick<Seat, 'line' | 'epoch' | 'audience'>,
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
    w: mark,
  } as Short
  return `${JSON.stringify(short)}\n${data}\n${flash}`
}

/** The parts of a record's text, or `null` if it isn't one. */
export function readRecord(text: string): { short: Short; data: string; flash: string } | null {
  const [first, data, flash, more] = text.split('\n', 4)
  if (!first || !data || !flash || more !== undefined) return null
  if (data[0] !== '{' || flash[0] !== '{') return null
  try {
    const short: Short | null = JSON.parse(first)
    return short && typeof short === 'object' ? { short, data, flash } : null
  } catch {
    return null
  }
}

/** The head that a record's first line tells, given the times that are kept outside of it. */
export function headOf(short: Short, times: { createdAt: number; lastSeenAt: number; idle: number }): Head {
  return {
    ...times,
    ...(short.k !== undefined && { keep: short.k }),
    ...(short.o !== undefined && { owner: short.o }),
    ...(short.a !== undefined && { authenticatedAt: short.a }),
    ...(short.l !== undefined && { label: short.l }),
    ...(short.v !== undefined && { version: short.v }),
  }
}
