import { foundIn } from './admission.ts'
import type { Awaitable } from './awaitable.ts'
import type { Visit } from './backing.ts'
import type { BoundedStore } from './bounded-store.ts'
import { type Duration, milliseconds } from './duration.ts'
import { SessionError } from './errors.ts'
import { type Lease, LeaseRecord } from './lease.ts'
import type { Found, Seat } from './record.ts'
import type { Settings } from './settings.ts'
import { Turn } from './turn.ts'

/** How `exclusive` waits. */
export interface ExclusiveOptions {
  /** The longest that a run may take: after that its process counts as dead, and another caller runs. @default '30s' */
  readonly lease?: Duration
  /** Waits so many milliseconds before the next look at a run under way. @default setTimeout */
  readonly wait?: (milliseconds: number) => Promise<unknown>
}

/** Lets one of a session's callers run at a time, and gives its result to the others. */
export class Exclusive {
  readonly #store: BoundedStore
  readonly #settings: Settings

  constructor(store: BoundedStore, settings: Settings) {
    this.#store = store
    this.#settings = settings
  }

  async run<Result>(
    { startedAt }: Visit,
    found: Found,
    key: string,
    fn: () => Awaitable<Result>,
    { lease: patience = '30s', wait = sleep }: ExclusiveOptions,
  ): Promise<Result> {
    const limit = milliseconds('lease', patience)
    const record = await LeaseRecord.of(this.#store, this.#settings, found, key, limit)
    const turn = new Turn(startedAt, (found.seat as Seat).version, limit)
    for (;;) {
      const [lease] = await Promise.all([record.read(), this.#mustLive(found)])
      if (lease.done && turn.mayHave(lease.done)) return lease.done.result as Result
      if (turn.mustWait(lease, this.#settings.now())) {
        await wait(turn.pause())
        continue
      }
      const held = await record.take(lease)
      if (held) return this.#carryOut(found, record, held, limit, fn)
      turn.lost()
    }
  }

  async #carryOut<Result>(
    found: Found,
    record: LeaseRecord,
    held: Lease,
    limit: number,
    fn: () => Awaitable<Result>,
  ): Promise<Result> {
    const end = this.#settings.now() + limit
    try {
      const result = await fn()
      // after its time the record may be another's
      if (this.#settings.now() < end) await this.#publish(found, record, held, result)
      return result
    } catch (error) {
      await record.release(held).catch(() => undefined)
      throw error
    }
  }

  /** Tells the others. What was obtained is not lost because they can't be told: they will run for themselves. */
  async #publish(found: Found, record: LeaseRecord, held: Lease, result: unknown): Promise<void> {
    const at = this.#settings.now()
    try {
      const version = await this.#versionOf(found)
      if (version !== undefined) await record.finish(held, { result, at, version })
    } catch (error) {
      if ((error as SessionError).code !== 'store_unavailable') throw error
      this.#settings.emit({ type: 'store-error', reason: (error as SessionError).message })
    }
  }

  async #mustLive(found: Found): Promise<void> {
    if ((await this.#versionOf(found)) !== undefined) return
    throw new SessionError(
      'superseded',
      'Nothing was run: this session was ended, or got a new token by a login or regenerate, while this request ran.',
    )
  }

  /** The session's version in the store; `undefined` if it is not the one that was loaded. */
  async #versionOf({ id, seat }: Found): Promise<number | undefined> {
    const stored = await this.#store.get(id)
    const now = stored && foundIn(this.#settings, id, stored)?.seat
    return now && now.epoch === seat?.epoch ? now.version : undefined
  }
}

/** Needs a store that compares and sets; `undefined` on any other, and without one. */
export function exclusiveOn(store: BoundedStore | undefined, settings: Settings): Exclusive | undefined {
  return store?.inner.consistency === 'strong' ? new Exclusive(store, settings) : undefined
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
