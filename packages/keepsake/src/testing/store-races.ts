import type { Store } from '../core/store.ts'
import { fakeClock } from './clock.ts'
import type { MakeStore } from './contract-bench.ts'
import { freshId } from './contract-names.ts'
import { logouts } from './race-logout.ts'
import { limit, revocation, threePeriods } from './race-owner.ts'
import { rotation } from './race-rotation.ts'
import { type Begun, type Lane, laneOf, type Race, racersOn, type Track } from './race-track.ts'
import { lostUpdate } from './race-writes.ts'
import type { ContractCheck } from './store-contract.ts'

/** How the races are run; all have defaults. */
export interface RaceOptions {
  /** How often each race is run. @default 1_000 */
  readonly rounds?: number
  /** Decides who waits for whom; a failure names its round, which repeats what this process decides. @default 1 */
  readonly seed?: number
  /** How many stores are made for the three managers of a race: each then has a connection of its own. @default 1 */
  readonly connections?: 1 | 2 | 3
  /** Whether the store has `list`. @default true */
  readonly list?: boolean
}

/** Managers in each race. */
const RACERS = 3
/** Rounds under way at once. */
const AT_ONCE = 16

/**
 * What sessions on a strong store must stand, raced on the real engine: as checks that any test runner can run.
 * With several `connections`, all that `make` makes must share one engine.
 *
 * ```ts
 * const make = (clock) => myStore(connect(), { clock })
 * for (const { name, run } of storeRaces(make, { connections: 3 })) test(name, run)
 * ```
 */
export function storeRaces(make: MakeStore, options: RaceOptions = {}): ContractCheck[] {
  const { rounds = 1_000, seed = 1, connections = 1, list = true } = options
  const races: readonly Race[] = [
    lostUpdate,
    ...logouts,
    rotation,
    ...(list ? [revocation, limit, threePeriods] : []),
  ]
  return races.map((race) => ({
    name: `${race.name} (${rounds} rounds, seed ${seed})`,
    run: () => runRace(race, make, { rounds, seed, connections }),
  }))
}

async function runRace(
  race: Race,
  make: MakeStore,
  { rounds, seed, connections }: Required<Omit<RaceOptions, 'list'>>,
): Promise<void> {
  const clock = fakeClock(Date.now())
  const made: Store[] = []
  for (let i = 0; i < connections; i++) made.push(await make(clock.now))
  const stores = Array.from({ length: RACERS }, (_, i) => made[i % made.length] as Store)
  const track: Track = { stores, clock, racers: racersOn(stores, clock, race.options ?? {}) }
  for (let first = 0; first < rounds; first += AT_ONCE) {
    const size = Math.min(AT_ONCE, rounds - first)
    await runHeat(
      race,
      track,
      Array.from({ length: size }, (_, i) => laneOf(seed, first + i, freshId())),
    )
  }
}

async function runHeat(race: Race, track: Track, lanes: readonly Lane[]): Promise<void> {
  const { after = [] } = race
  const starts = await Promise.all(lanes.map((lane) => race.prepare(track, lane)))
  for (const [i, duration] of after.entries()) {
    track.clock.advance(duration)
    if (i < after.length - 1) await Promise.all(starts.map((start) => race.meanwhile?.(track, start)))
  }
  await Promise.all(lanes.map((lane, i) => race.run(track, starts[i] as Begun, lane)))
  track.clock.advance('1s')
}
