import { OwnerIndex } from './owner-index.ts'
import { expiry, type Packed, pack, unpack } from './packed.ts'
import type { Listed, Stored } from './store.ts'

// two a call: the hand then overtakes what the calls themselves add or reorder
const STEPS = 2
// a resting iterator keeps alive every table its Map has outgrown since
const LONGEST_REST = 1_000

/**
 * A part of what a `MemoryStore` keeps: encoded text, never objects, in one bounded `Map` in order of use, exact to an
 * eighth of its size.
 */
export class Shelf {
  readonly #limit: number
  readonly #clock: () => number
  readonly #records = new Map<string, string>()
  readonly #owners = new OwnerIndex()
  #placed = 0
  #hand = this.#records.entries()
  #eldest: MapIterator<string> | undefined
  #rested = 0

  /** @param limit at most so many records; for one more, the least recently used goes */
  constructor(limit: number, clock: () => number) {
    this.#limit = limit
    this.#clock = clock
  }

  /** How many records are held, those included that expired and were not dropped yet. */
  get size(): number {
    return this.#records.size
  }

  get(id: string): Stored | null {
    const record = this.#live(id, this.#clock())
    if (record === undefined) return null
    if (this.#isBehind(record)) this.#put(id, record)
    return stored(record)
  }

  create(id: string, value: string, expires: Date, owner?: string): boolean {
    if (this.#live(id, this.#clock()) !== undefined) return false
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
    const record = this.#live(id, this.#clock())
    if (record?.version !== version) return false
    this.#put(id, { expires: expires.getTime(), placed: record.placed, version: version + 1, owner, value })
    if (owner === record.owner) return true
    this.#owners.remove(record.owner, id)
    this.#owners.add(owner, id)
    return true
  }

  touch(id: string, expires: Date, version: number): boolean {
    const record = this.#live(id, this.#clock())
    if (record?.version !== version) return false
    this.#put(id, { ...record, expires: expires.getTime() })
    return true
  }

  delete(id: string): void {
    this.#remove(id)
  }

  /** Looks at two records, and drops those that expired. */
  sweep(): void {
    const now = this.#clock()
    for (let step = 0; step < STEPS; step++) {
      const { value: entry } = this.#hand.next()
      if (entry === undefined) this.#hand = this.#records.entries()
      else if (expiry(entry[1]) <= now) this.#remove(entry[0])
    }
    if (++this.#rested >= LONGEST_REST) {
      this.#rested = 0
      this.#eldest = undefined
    }
  }

  /** Those of an owner whose ids come after this one, in no order. */
  owned(owner: string, after: string): Listed[] {
    const now = this.#clock()
    const owned: Listed[] = []
    for (const id of this.#owners.of(owner)) {
      const record = id > after ? this.#live(id, now) : undefined
      if (record !== undefined) owned.push({ id, ...stored(record) })
    }
    return owned
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
    let id = this.#eldest?.next().value
    if (id === undefined) {
      this.#eldest = this.#records.keys()
      id = this.#eldest.next().value
    }
    if (id !== undefined) this.#remove(id)
  }
}

function stored({ value, version, expires }: Packed): Stored {
  return { value, version, expires: new Date(expires) }
}
