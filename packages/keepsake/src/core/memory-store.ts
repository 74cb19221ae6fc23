import { Shelf } from './shelf.ts'
import type { Listed, Store, Stored } from './store.ts'
import { fitting, LARGEST_VALUE } from './text.ts'

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many sessions are kept at most; for one more, the least recently used goes. Above 16,384 they are spread over
   * shelves, and each has its own order of use. An anonymous session takes about 120 bytes and its encoded record, one
   * with an owner about 100 more.
   * @default 100_000
   */
  readonly maxSessions?: number
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

// a Map is copied whole when it grows: 100 ms for a million records, 2 for these
const SHELF = 16_384

/**
 * Keeps records in this process: for development, tests and tools of one process. A restart forgets them.
 *
 * It is bounded, and keeps encoded text, never objects. There are no timers: every call drops a little of what expired.
 */
export class MemoryStore implements Store {
  readonly consistency = 'strong' as const
  readonly maxValue: number = LARGEST_VALUE
  readonly volatile = true
  readonly #shelves: readonly Shelf[]
  #turn = 0

  /** @throws {TypeError} when `maxSessions` is not a positive whole number. */
  constructor({ maxSessions = 100_000, clock = Date.now }: MemoryStoreOptions = {}) {
    if (!Number.isSafeInteger(maxSessions) || maxSessions < 1) {
      throw new TypeError(`maxSessions: expected a positive whole number, got ${String(maxSessions)}`)
    }
    const count = Math.ceil(maxSessions / SHELF)
    this.#shelves = Array.from(
      { length: count },
      (_, i) => new Shelf(Math.floor((maxSessions + i) / count), clock),
    )
  }

  /** How many records are held, those included that expired and were not dropped yet. */
  get size(): number {
    return this.#shelves.reduce((sum, { size }) => sum + size, 0)
  }

  get(id: string): Stored | null {
    return this.#at(id).get(id)
  }

  create(id: string, value: string, expires: Date, owner?: string): boolean {
    return this.#at(id).create(id, fitting(value), expires, owner)
  }

  update(id: string, value: string, expires: Date, version: number, owner?: string): boolean {
    return this.#at(id).update(id, fitting(value), expires, version, owner)
  }

  touch(id: string, expires: Date, version: number): boolean {
    return this.#at(id).touch(id, expires, version)
  }

  delete(id: string): void {
    this.#at(id).delete(id)
  }

  list(owner: string, limit: number, after = ''): Listed[] {
    const owned = this.#shelves.flatMap((shelf) => shelf.owned(owner, after))
    return owned.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit)
  }

  /** Each call sweeps one shelf, in turns, whichever it is for. */
  #at(id: string): Shelf {
    this.#turn = (this.#turn + 1) % this.#shelves.length
    this.#shelves[this.#turn]?.sweep()
    let hash = 0
    for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0
    return this.#shelves[(hash >>> 0) % this.#shelves.length] as Shelf
  }
}
