import { type Duration, milliseconds } from '../core/duration.ts'
import type { Listed, Store, Stored } from '../core/store.ts'

/** What a record was from some moment on; `null` while there was none. */
interface Moment {
  readonly since: number
  readonly record: (Stored & { readonly owner: string | undefined }) | null
}

/**
 * An eventual store, simulated: what is written is in `store` at once, and is read `lag` later.
 *
 * It can no more compare and set than Workers KV: `update` and `touch` compare what is read, and overwrite what is
 * there, a logout too. All writes must go through it; `store` says what is true now, and needs the same clock.
 *
 * ```ts
 * const clock = fakeClock()
 * const far = laggingStore(new MemoryStore({ clock: clock.now }), clock, '60s')
 * ```
 * @throws {SessionError} `config` when `lag` is not 1 second to 400 days.
 */
export function laggingStore(store: Store, clock: { readonly now: () => number }, lag: Duration): Store {
  return new LaggingStore(store, clock.now, milliseconds('lag', lag))
}

class LaggingStore implements Store {
  readonly consistency = 'eventual' as const
  readonly volatile: boolean
  readonly maxValue?: number
  readonly #store: Store
  readonly #now: () => number
  readonly #lag: number
  readonly #past = new Map<string, Moment[]>()

  constructor(store: Store, now: () => number, lag: number) {
    this.#store = store
    this.#now = now
    this.#lag = lag
    this.volatile = store.volatile ?? false
    if (store.maxValue !== undefined) this.maxValue = store.maxValue
  }

  get(id: string): Stored | null {
    const record = this.#seen(id)
    return record && { value: record.value, version: record.version, expires: record.expires }
  }

  async create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    if (this.#seen(id)) return false
    await this.#write(id, value, expires, owner)
    return true
  }

  async update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    if (this.#seen(id)?.version !== version) return false
    await this.#write(id, value, expires, owner)
    return true
  }

  async touch(id: string, expires: Date, version: number): Promise<boolean> {
    const seen = this.#seen(id)
    if (seen?.version !== version) return false
    const there = await this.#store.get(id)
    if (there) await this.#store.touch(id, expires, there.version)
    else await this.#store.create(id, seen.value, expires, seen.owner)
    await this.#remember(id, seen.owner)
    return true
  }

  async delete(id: string): Promise<void> {
    await this.#store.delete(id)
    await this.#remember(id)
  }

  list(owner: string, limit: number, after = ''): Listed[] {
    const ids = [...this.#past.keys()].filter((id) => id > after && this.#seen(id)?.owner === owner).sort()
    return ids.slice(0, limit).map((id) => ({ id, ...(this.get(id) as Stored) }))
  }

  /** Whatever is there, this takes its place. */
  async #write(id: string, value: string, expires: Date, owner: string | undefined): Promise<void> {
    const there = await this.#store.get(id)
    if (there) await this.#store.update(id, value, expires, there.version, owner)
    else await this.#store.create(id, value, expires, owner)
    await this.#remember(id, owner)
  }

  async #remember(id: string, owner?: string): Promise<void> {
    const there = await this.#store.get(id)
    const moment = { since: this.#now(), record: there && { ...there, owner } }
    this.#past.set(id, [...(this.#past.get(id) ?? []), moment])
  }

  #seen(id: string): Moment['record'] {
    const then = this.#now() - this.#lag
    const record = this.#past.get(id)?.findLast(({ since }) => since <= then)?.record ?? null
    return record && record.expires.getTime() > this.#now() ? record : null
  }
}
