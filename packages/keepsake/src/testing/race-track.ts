import type { Duration } from '../core/duration.ts'
import { type SessionError, SessionManager, type Store } from '../index.ts'
import type { FakeClock } from './clock.ts'

/** What the racing sessions hold. */
export type Counts = Record<string, number>

/** What the racing managers are given besides their store. */
export interface RacerOptions {
  readonly rotateEvery?: Duration
  readonly maxSessions?: number
}

/** Where a race is run: managers with a connection each, on one engine. */
export interface Track {
  readonly racers: readonly SessionManager<Counts>[]
  readonly stores: readonly Store[]
  readonly clock: FakeClock
}

/** One kind of race; a round of it is a session, or an owner, of its own. */
export interface Race {
  readonly name: string
  readonly options?: RacerOptions
  /** How much time passes between the preparation and the start, in these steps; after each but the last `meanwhile` is done. */
  readonly after?: readonly Duration[]
  meanwhile?(track: Track, start: Begun): Promise<unknown>
  prepare(track: Track, lane: Lane): Promise<Begun>
  /** Races, and throws an `AssertionError` if what came of it must not be. */
  run(track: Track, start: Begun, lane: Lane): Promise<void>
}

/** One round: its number, and delays that the seed decides. */
export interface Lane {
  readonly round: number
  /** Who comes to the session, an owner of this round's own. */
  readonly owner: string
  /** Lets others go first, or not. */
  wander(): Promise<void>
}

const SECRET = 'qX9vTz3LwPb7HsNc5RkYd2GmJf8AeU4o6WiB'
const URL = 'https://example.test/'
/** Races are about order: a machine that is busy for seconds loses none. */
const STORE_TIMEOUT = '1m'
/** Steps aside by so many turns at most. */
const FARTHEST = 24

/** Managers of one app, each on a store of its own. */
export function racersOn(stores: readonly Store[], clock: FakeClock, options: RacerOptions): Track['racers'] {
  const app = {
    secrets: SECRET,
    clock: clock.now,
    renewAfter: '30s',
    storeTimeout: STORE_TIMEOUT,
    ...options,
  } as const
  return stores.map((store) => new SessionManager<Counts>({ ...app, store }))
}

/** The lane of a round, whose delays are the same for the same seed. */
export function laneOf(seed: number, round: number, owner: string): Lane {
  let state = (seed * 1_000_003 + round) | 0
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0
    return (state >>> 8) % FARTHEST
  }
  const wander = async (): Promise<void> => {
    for (let turns = next(); turns > 0; turns--) await undefined
    if (next() === 0) await new Promise((resolve) => setTimeout(resolve))
  }
  return { round, owner, wander }
}

/** A request of whoever holds this cookie; of a stranger without one. */
export function requestOf(cookie?: string): Request {
  return new Request(URL, cookie === undefined ? {} : { headers: { cookie } })
}

/** The Cookie header after these Set-Cookie values; `undefined` if none sets anything. */
export function cookieAfter(lines: readonly string[]): string | undefined {
  const line = lines.find((cookie) => !/=;/.test(cookie))
  return line?.split(';', 1)[0]
}

/** What a save came to: its Set-Cookie values, or the code of a refusal that races may end in. */
export async function outcomeOf(saving: Promise<string[]>): Promise<readonly string[] | 'refused'> {
  try {
    return await saving
  } catch (error) {
    const { code } = error as SessionError
    if (code === 'superseded' || code === 'conflict') return 'refused'
    throw error
  }
}

/** A session as its visitor has it. */
export interface Begun {
  readonly id: string
  readonly cookie: string
}

/** A new session on the first manager, signed in if there is an owner. */
export async function begin({ racers: [racer] }: Track, owner?: string): Promise<Begun> {
  if (!racer) throw new TypeError('A race needs a store.')
  const session = await racer.load(requestOf())
  session.data = { begun: 1 }
  if (owner !== undefined) session.login(owner)
  const cookie = cookieAfter(await racer.save(session))
  return { id: session.id, cookie: cookie as string }
}
