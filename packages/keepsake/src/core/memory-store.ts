import { OwnerIndex } from './owner-index.ts'
import { expiry, type Packed, pack, unpack } from './packed.ts'
import type { Listed, Store, Stored } from './store.ts'
import { fitting, LARGEST_VALUE } from './text.ts'

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many sessions are kept; for one more, the least recently used goes. An anonymous session takes about
   * 120 bytes and its encoded record, one with an owner about 100 more.
   * @default 100_000
   */
  readonly maxSessions?: number
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

// two a call: the hand then overtakes what the calls themselves add or reorder
const STEPS = 2
// a resting iterator keeps alive every table its Map has outgrown since
const LONGEST_REST = 1_000

/**
 * Keeps records in this process: for development, tests and tools of one process. A restart forgets them.
 *
 * It keeps encoded text, never objects, in one bounded `Map` in order of use, exact to an eighth of its size.
 * There are no timers: every call looks at two records and drops those that expired.
 */
export class MemoryStore implements Store {
  readonly consistency = 'strong' as const
  readonly maxValue: number = LARGEST_VALUE
  readonly volatile = true
  readonly #limit: number
  readonly #clock: () => number
  readonly #records = new Map<string, string>()
  readonly #owners = new OwnerIndex()
  #placed = 0
  #hand = this.#records.entries()
  #eldest = this.#records.keys()
  #rested = 0

  /** @throws {TypeError} when `maxSessions` is not a positive whole number. */
  constructor(options: MemoryStoreOptions = {}) {
    this.#limit = options.maxSessions ?? 100_000
    this.#clock = options.clock ?? Date.now
    if (!Number.isSafeInteger(this.#limit) || this.#limit < 1) {
      throw new TypeError(`maxSessions: expected a positive whole number, got ${String(options.maxSessions)}`)
    }
  }

  /** How many records are held, those included that expired and were not dropped yet. */
  get size(): number {
    return this.#records.size
  }

  get(id: string): Stored | null {
    const record = this.#live(id, this.#advance())
    if (record === undefined) return null
    if (this.#isBehind(record)) this.#put(id, record)
    return stored(record)
  }

  create(id: string, value: string, expires: Date, owner?: string): boolean {
    fitting(value)
    if (this.#live(id, this.#advance()) !== undefined) return false
    this.#remove(id)
    if (this.#records.size >= this.#limit) this.#evict()
    this.#records.set(
      id,
      pack({ expires: expires.getTime(), placed: ++this.#placed, version: 1, owner, value }),
    )
    this.#owners.add(owner, id)
    return true
  }

  update(id: string, value: string, expires: Date, version: number, owner?: string): boolean {
    fitting(value)
    const record = this.#live(id, this.#advance())
    if (record?.version !== version) return false
    this.#put(id, { expires: expires.getTime(), placed: record.placed, version: version + 1, owner, value })
    if (owner === record.owner) return true
    this.#owners.remove(record.owner, id)
    this.#owners.add(owner, id)
    return true
  }

  touch(id: string, expires: Date, version: number): boolean {
    const record = this.#live(id, this.#advance())
    if (record?.version !== version) return false
    this.#put(id, { ...record, expires: expires.getTime() })
    return true
  }

  delete(id: string): void {
    this.#remove(id)
  }

  list(owner: string, limit: number, after = ''): Listed[] {
    const now = this.#clock()
    const listed: Listed[] = []
    for (const id of this.#owners.sorted(owner)) {
      if (listed.length >= limit) break
      const record = id > after ? this.#live(id, now) : undefined
      if (record !== undefined) listed.push({ id, ...stored(record) })
    }
    return listed
  }

  #live(id: string, now: number): Packed | undefined {
    const text = this.#records.get(id)
    return text !== undefined && expiry(text) > now ? unpack(text) : undefined
  }

  // a Map gets slow where one key is moved all the time, so a record moves only when an eighth lies after it
  #isBehind(record: Packed): boolean {
    return this.#placed - record.placed > this.#records.size >> 3
  }

  #put(id: string, record: Packed): void {
    const moves = this.#isBehind(record)
    if (moves) this.#records.delete(id)
    this.#records.set(id, pack(moves ? { ...record, placed: ++this.#placed } : record))
  }

  #remove(id: string): void {
    const text = this.#records.get(id)
    if (text === undefined) return
    this.#records.delete(id)
    this.#owners.remove(unpack(text).owner, id)
  }

  // everything before #eldest was evicted or moved behind it, so it need never look back
  #evict(): void {
    let { value: id } = this.#eldest.next()
    if (id === undefined) {
      this.#eldest = this.#records.keys()
      id = this.#eldest.next().value
    }
    if (id !== undefined) this.#remove(id)
  }

  #advance(): number {
    const now = this.#clock()
    for (let step = 0; step < STEPS; step++) {
      const { value: entry } = this.#hand.next()
      if (entry === undefined) this.#hand = this.#records.entries()
      else if (expiry(entry[1]) <= now) this.#remove(entry[0])
    }
    if (++this.#rested >= LONGEST_REST) {
      this.#rested = 0
      this.#eldest = this.#records.keys()
    }
    return now
  }
}

function stored({ value, version, expires }: Packed): Stored {
  return { value, version, expires: new Date(expires) }
}
