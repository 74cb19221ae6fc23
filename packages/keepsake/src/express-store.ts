import { SessionError } from './core/errors.ts'
import type { Store, Stored } from './core/store.ts'
import { LARGEST_VALUE, storable, unescapeText } from './core/text.ts'

/** What is used of a store for express-session. */
export interface ExpressStore {
  get(id: string, done: (error?: unknown, session?: unknown) => void): unknown
  set(id: string, session: ExpressStoreRecord, done: (error?: unknown) => void): unknown
  destroy(id: string, done: (error?: unknown) => void): unknown
}

/** A record as such a store gets it: what it asks a session's cookie for, and what is ours. */
export interface ExpressStoreRecord {
  /** By this the store knows when it may forget the record. */
  readonly cookie: { readonly expires: Date; readonly maxAge: number; readonly originalMaxAge: number }
  readonly keepsake: {
    readonly value: string
    readonly version: number
    /** Milliseconds since the epoch. */
    readonly expires: number
  }
}

/** Options of {@link expressStore}. */
export interface ExpressStoreOptions {
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in one that was made for express-session. */
export interface AdaptedStore extends Store {
  readonly consistency: 'eventual'
}

type Kept = ExpressStoreRecord['keepsake']

/** Some stores count whole seconds, and are early by up to one; we compare the exact time. */
const SLACK = 1_000

/**
 * Keeps sessions in a store that was made for express-session, for an engine that has no store here:
 * `expressStore(new MongoStore(…))`.
 *
 * Eventual, whatever the engine: `set` replaces whatever is there. Of two writers at once the last wins, a write or a
 * renewal may undo a logout, and `rotateEvery` is refused. Such stores know no owners, so there is no `list` and no
 * `revokeAll`. A renewal is a `set` as well: their `touch` leaves the record's own expiry as it was, and may create.
 *
 * Expiry is exact all the same: it is inside the record and compared at each read. Whether the engine drops what has
 * expired is the store's affair. Records of express-session under the same prefix are not read, nor changed.
 *
 * @throws {SessionError} `config` for what is no such store.
 */
export function expressStore(
  store: ExpressStore,
  { clock = Date.now }: ExpressStoreOptions = {},
): AdaptedStore {
  refuseOthers(store)

  const live = async (id: string): Promise<Kept | null> => {
    const kept = keptIn(await absentOr(called<unknown>((done) => store.get(id, done))))
    return kept && kept.expires > clock() ? kept : null
  }
  const write = async (id: string, kept: Kept): Promise<true> => {
    const maxAge = Math.max(kept.expires - clock(), 0) + SLACK
    const cookie = { expires: new Date(kept.expires + SLACK), maxAge, originalMaxAge: maxAge }
    await called((done) => store.set(id, { cookie, keepsake: kept }, done))
    return true
  }

  return {
    consistency: 'eventual',
    maxValue: LARGEST_VALUE,
    async get(id) {
      return stored(await live(id))
    },
    create: (id, value, expires) =>
      write(id, { value: storable(value), version: 1, expires: expires.getTime() }),
    async update(id, value, expires, version) {
      if ((await live(id))?.version !== version) return false
      return write(id, { value: storable(value), version: version + 1, expires: expires.getTime() })
    },
    async touch(id, expires, version) {
      const kept = await live(id)
      return kept?.version === version && write(id, { ...kept, expires: expires.getTime() })
    },
    async delete(id) {
      await absentOr(called((done) => store.destroy(id, done)))
    },
  }
}

/** What a call with a callback comes to. */
function called<T>(call: (done: (error?: unknown, value?: T) => void) => unknown): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const answer = call((error, value) => {
      if (error) reject(error)
      else resolve(value)
    })
    // those that return a promise as well reject it where they fail before the callback
    Promise.resolve(answer).catch(reject)
  })
}

/** Where files are kept, `ENOENT` means that there is nothing, as to express-session; of a socket it means that nobody is there. */
async function absentOr<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    const { code, syscall } = error as { code?: unknown; syscall?: unknown }
    if (code === 'ENOENT' && syscall !== 'connect') return undefined
    throw error
  }
}

function keptIn(session: unknown): Kept | null {
  const { keepsake } = (session ?? {}) as { keepsake?: Partial<Kept> }
  return keepsake && typeof keepsake.value === 'string' ? (keepsake as Kept) : null
}

function stored(kept: Kept | null): Stored | null {
  return kept && { value: unescapeText(kept.value), version: kept.version, expires: new Date(kept.expires) }
}

function refuseOthers(store: ExpressStore): void {
  const missing = (['get', 'set', 'destroy'] as const).find((name) => typeof store?.[name] !== 'function')
  if (!missing) return
  throw new SessionError(
    'config',
    `expressStore: this has no method ${missing}; give an instance of a store for express-session, new RedisStore({ client }) for example.`,
  )
}
