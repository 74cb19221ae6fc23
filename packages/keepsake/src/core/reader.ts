import type { Cookies, Reader, Taken } from './accept.ts'
import { type Awaitable, chain } from './awaitable.ts'
import { SessionError } from './errors.ts'
import { moveIn } from './move-in.ts'

export type { Cookies, ReadCookie, Reader, Taken } from './accept.ts'

/** A format: what a reader must know of another library. */
export interface Format<Old> {
  /** The function that makes it, for error messages: `fromCookieSession`. */
  readonly door: string
  /** Names of its cookies, the session's own first. */
  readonly cookies: readonly string[]
  /**
   * The session in these cookies, `undefined` if they are not genuine or no longer valid. Takes exactly what the
   * library writes, no other spelling of it. Never throws for what a client sent; a store that fails rejects.
   */
  open(cookies: Cookies, now: number): Awaitable<Opening<Old> | undefined>
}

/** A session as another library knew it. */
export interface Opening<Old> {
  readonly old: Old
  /** See {@link Taken.id}. */
  readonly id?: string
}

/** How older sessions are taken over; every reader has these options. */
export interface TakeOver<Old, Data> {
  /** Until when older sessions are accepted: a `Date`, or an ISO date such as `'2027-03-31'`. Required. */
  readonly until: Date | string
  /** The data of the new session; the only way in for anything the old one held. What throws or is no plain JSON is refused. */
  readonly map: (old: Old) => Partial<Data>
  /** The user id that the old session proves; nobody without one. `authenticatedAt` stays unset. @default none */
  readonly owner?: (old: Old) => string | null | undefined
  /**
   * With a store: whether an old session is taken over once only, so that a copy of its cookie opens nothing. Say
   * `false` for cookies without an id, where several browsers of one user may hold the same: then each moves in.
   * @default true
   */
  readonly once?: boolean
  /** Domain attribute of the old cookie, so that it can be expired. @default none */
  readonly domain?: string
  /** Path attribute of the old cookie, so that it can be expired. @default '/' */
  readonly path?: string
  /** Whether the old cookie was Partitioned. @default false */
  readonly partitioned?: boolean
}

/**
 * A reader of this format.
 *
 * @throws {SessionError} `config` when `until` is no date, or `map` or `owner` no function.
 */
export function reader<Old, Data>(format: Format<Old>, options: TakeOver<Old, Data>): Reader<Data> {
  const { door } = format
  const { map, owner } = options
  if (typeof map !== 'function') throw bad(door, 'map is a function that makes data of the old session')
  if (owner !== undefined && typeof owner !== 'function')
    throw bad(door, 'owner is a function that makes a user id of the old session')
  const { domain, path, partitioned } = options
  const scope = {
    ...(domain !== undefined && { domain }),
    ...(path !== undefined && { path }),
    ...(partitioned !== undefined && { partitioned }),
  }
  const made: Reader<Data> = {
    once: options.once ?? true,
    until: untilOf(door, options.until),
    cookies: format.cookies.map((name) => ({ name, ...scope })),
    read: (cookies, now) =>
      chain(format.open(cookies, now), (opening) => opening && taken(opening, map, owner)),
    open: (doorway, visit, cookies) => moveIn(made, doorway, visit, cookies),
  }
  return made
}

/** The date from which on nothing is read. @throws {SessionError} `config` */
export function untilOf(door: string, until: unknown): number {
  const time = until instanceof Date ? until.getTime() : typeof until === 'string' ? Date.parse(until) : NaN
  if (Number.isSafeInteger(time) && time > 0) return time
  throw bad(door, "until is required, the date from which on old sessions open nothing: '2027-03-31'")
}

function taken<Old, Data>(
  { old, id }: Opening<Old>,
  map: (old: Old) => Partial<Data>,
  ownerOf: ((old: Old) => string | null | undefined) | undefined,
): Taken<Data> | 'unfit' {
  try {
    const data = map(old)
    const owner = ownerOf?.(old) ?? undefined
    // promises are unfit, and what they reject with would end the process
    void Promise.allSettled([data, owner])
    if (owner !== undefined && !isOwner(owner)) return 'unfit'
    return { data, ...(owner !== undefined && { owner }), ...(id !== undefined && { id }) }
  } catch {
    return 'unfit'
  }
}

function isOwner(owner: unknown): boolean {
  return typeof owner === 'string' && owner.length > 0 && owner.length <= 1024
}

function bad(door: string, message: string): SessionError {
  return new SessionError('config', `${door}: ${message}.`)
}
