import type { Awaitable } from './awaitable.ts'
import type { Backing, Opened, Visit } from './backing.ts'
import type { BoundedStore } from './bounded-store.ts'
import { type Cookie, clearCookie, readCookies, scopeOf } from './cookie.ts'
import { makeCookie } from './cookie-header.ts'
import { prefixOf } from './cookie-rules.ts'
import { SessionError } from './errors.ts'
import type { RequestLike } from './loopback.ts'
import type { OwnerSessions } from './owners.ts'
import type { Shape } from './schema.ts'
import type { Settings } from './settings.ts'
import type { StoredBacking } from './stored.ts'

/** The value of the cookie of this name; `undefined` where there is none, or where several differ. */
export type Cookies = (name: string) => string | undefined

/** A cookie that a reader reads. */
export interface ReadCookie {
  readonly name: string
  /** Its Domain attribute. @default none */
  readonly domain?: string
  /** Its Path attribute. @default '/' */
  readonly path?: string
  /** Whether it was Partitioned. @default false */
  readonly partitioned?: boolean
}

/** What is taken over of an older session. */
export interface Taken<Data> {
  readonly data: Partial<Data>
  /** Who it belongs to; absent for an anonymous visitor. */
  readonly owner?: string
  /** What tells this session from all others: its id, or the random part of its cookie. Absent where there is nothing of the kind. */
  readonly id?: string
}

/** Reads live sessions that something else wrote: a value for `accept`, made by a door, or by `reader`. */
export interface Reader<Data = Record<string, unknown>> {
  /** From then on nothing is parsed; ms since the epoch. */
  readonly until: number
  /** With a store, a copy of what was taken over opens nothing. */
  readonly once: boolean
  /** What it reads, the session's own cookie first; all of them are expired once it is taken over. */
  readonly cookies: readonly ReadCookie[]
  /**
   * What the cookies hold: `undefined` for whatever is not genuine or no longer valid, `unfit` for what `map` or
   * `owner` can't take. Never throws for what a client sent; a store that fails rejects.
   */
  read(cookies: Cookies, now: number): Awaitable<Taken<Data> | 'unfit' | undefined>
  /** What becomes of that in a manager. */
  open(doorway: Doorway, visit: Visit, cookies: Cookies): Awaitable<Opened | undefined>
  /** Opens what stands in the manager's own cookie; `undefined` for what is its own to open. */
  readonly openOwn?: (
    doorway: Doorway,
    visit: Visit,
    name: string,
    value: string,
  ) => Awaitable<Opened | undefined>
}

/** What a reader must know of the manager that it opens the door to. */
export interface Doorway {
  readonly settings: Settings
  readonly backing: Backing
  readonly shape: Shape | undefined
  /** Absent, as `stored` and `owners` are, where nothing is kept on the server. */
  readonly store: BoundedStore | undefined
  readonly stored: StoredBacking | undefined
  readonly owners: OwnerSessions | undefined
  /** Longest wait for a store, ms. */
  readonly storeTimeout: number
}

/** A reader, and how each of its cookies is expired. */
interface Accepted {
  readonly reader: Reader<unknown>
  readonly cookies: readonly Cookie[]
}

/** What of a request is for readers. */
export interface Inherited {
  /** Those that have something to read. */
  readonly readers: readonly Reader<unknown>[]
  /** Set-Cookie values that expire what the request carried: they go with every write of ours. */
  readonly carried: readonly string[]
  /** Set-Cookie values that expire whatever may be read, carried or not: they go with a logout. */
  readonly all: readonly string[]
}

const NOTHING: Inherited = { readers: [], carried: [], all: [] }

/** Older and foreign cookies: who reads them, and until when. */
export class Acceptance {
  readonly #accepted: readonly Accepted[]
  readonly #doorway: Doorway

  /** @throws {SessionError} `config` for what is no reader, or has cookies that no browser keeps */
  constructor(readers: readonly Reader<unknown>[], doorway: Doorway) {
    this.#doorway = doorway
    this.#accepted = readers.map((reader, i) => accepted(reader, `accept[${i}]`, doorway))
  }

  get empty(): boolean {
    return this.#accepted.length === 0
  }

  /** What this request has for readers at this time, beside a cookie of ours. */
  inherited(request: RequestLike, now: number, ours: string): Inherited {
    if (this.empty) return NOTHING
    const live = this.#accepted.filter(({ reader }) => now < reader.until)
    if (live.length === 0) return NOTHING
    const header = request.headers.get('cookie')
    const isCarried = ({ name }: { name: string }): boolean => readCookies(header, name).count > 0
    // where both have one name, it is ours that stands
    const all = live.flatMap(({ cookies }) => cookies.filter(({ name }) => name !== ours))
    return {
      readers: live.map(({ reader }) => reader).filter(({ cookies }) => cookies.some(isCarried)),
      carried: all.filter(isCarried).map(clearCookie),
      all: all.map(clearCookie),
    }
  }

  /** What the first reader that can open anything makes of the cookies; `undefined` if none can. */
  async open(
    readers: readonly Reader<unknown>[],
    header: string | null,
    visit: Visit,
  ): Promise<Opened | undefined> {
    const cookies: Cookies = (name) => {
      const { values, count } = readCookies(header, name)
      return count === 1 ? values[0] : undefined
    }
    for (const reader of readers) {
      const opened = await reader.open(this.#doorway, visit, cookies)
      if (opened) return opened
    }
    return undefined
  }

  /** What stands in our own cookie, if it is for a reader. */
  openOwn(visit: Visit, name: string, value: string): Awaitable<Opened | undefined> {
    if (this.empty) return undefined
    const own = this.#accepted.find(({ reader }) => reader.openOwn && visit.startedAt < reader.until)
    return own?.reader.openOwn?.(this.#doorway, visit, name, value)
  }
}

function accepted(reader: Reader<unknown>, option: string, { store, settings }: Doorway): Accepted {
  if (!Number.isSafeInteger(reader?.until) || typeof reader.open !== 'function')
    throw new SessionError(
      'config',
      `${option} is no reader; keepsake/import/… has functions that make them.`,
    )
  if (reader.openOwn && !(store && settings.ring))
    throw new SessionError('config', `${option}: ownSeals needs a store, and the secrets of the seals.`)
  const cookies = reader.cookies.map((cookie) => expired(scopeOf(option, cookie, cookie.name)))
  return { reader, cookies }
}

/** Secure only where it must be, so that it is expired on plain-http localhost, too. */
function expired(scope: ReturnType<typeof scopeOf>): Cookie {
  const secure = scope.partitioned || prefixOf(scope.name) !== ''
  return makeCookie({ ...scope, secure, sameSite: 'lax' })
}
