import { DurableObject } from 'cloudflare:workers'
import type { ObjectRecord, OwnedEntry, SessionStub } from './object-stub.ts'

export type { ObjectRecord, OwnedEntry, SessionStub } from './object-stub.ts'

const RECORD = 'record'
const OWNED = 'owned:'

type Entry = Omit<OwnedEntry, 'id'>

/** What is used of the storage of a Durable Object with SQLite. */
interface ObjectStorage {
  readonly kv: {
    get<Value>(key: string): Value | undefined
    put(key: string, value: unknown): void
    delete(key: string): boolean
    list<Value>(options: {
      readonly prefix?: string
      readonly startAfter?: string
      readonly limit: number
    }): Iterable<[string, Value]>
  }
  setAlarm(at: number): Promise<void>
  deleteAll(): Promise<void>
}

/**
 * The Durable Object behind `durableObjectStore`: one object a session, and one an owner. Export it from the
 * Worker's main module and name it under `new_sqlite_classes` in the configuration.
 */
export class SessionObject extends DurableObject implements SessionStub {
  async read(now: number): Promise<ObjectRecord | null> {
    return this.#live(now)
  }

  async create(record: ObjectRecord, now: number): Promise<boolean> {
    if (this.#live(now) !== null) return false
    this.#storage.kv.put(RECORD, record)
    await this.#storage.setAlarm(record.expires)
    return true
  }

  async update(
    record: ObjectRecord,
    owned: boolean,
    now: number,
  ): Promise<'updated' | 'unowned' | 'refused'> {
    const former = this.#live(now)
    if (former?.version !== record.version - 1) return 'refused'
    if (!owned && record.owner !== undefined && record.owner !== former.owner) return 'unowned'
    this.#storage.kv.put(RECORD, record)
    return 'updated'
  }

  async touch(expires: number, version: number, now: number): Promise<boolean> {
    const record = this.#live(now)
    if (record?.version !== version) return false
    this.#storage.kv.put(RECORD, { ...record, expires })
    return true
  }

  async remove(): Promise<string | null> {
    const record = this.#storage.kv.get<ObjectRecord>(RECORD)
    if (record === undefined) return null
    this.#storage.kv.delete(RECORD)
    await this.#retire()
    return record.owner ?? null
  }

  async own(id: string, until: number, now: number): Promise<OwnedEntry[]> {
    const entry: Entry = { until, mark: crypto.randomUUID() }
    this.#storage.kv.put(OWNED + id, entry)
    // ids are random, so those after this one are a fair sample
    return this.#entries(id, 2).filter((other) => other.until <= now)
  }

  async owned(after: string, limit: number): Promise<OwnedEntry[]> {
    return this.#entries(after, limit)
  }

  async disown(entries: readonly { readonly id: string; readonly mark?: string }[]): Promise<void> {
    for (const { id, mark } of entries) {
      const entry = this.#storage.kv.get<Entry>(OWNED + id)
      if (mark === undefined || mark === entry?.mark) this.#storage.kv.delete(OWNED + id)
    }
    if (this.#isEmpty()) await this.#retire()
  }

  // set once, at create: a renewal would pay for a write, so the alarm looks when the record really expires
  async alarm(): Promise<void> {
    const record = this.#live(Date.now())
    if (record !== null) return this.#storage.setAlarm(record.expires)
    this.#storage.kv.delete(RECORD)
    if (this.#isEmpty()) await this.#storage.deleteAll()
  }

  // JSR checks this file without Workers' types, where nothing is known of the base class
  get #storage(): ObjectStorage {
    return (this as unknown as { readonly ctx: { readonly storage: ObjectStorage } }).ctx.storage
  }

  // synchronous, so that nothing comes between a look and the write after it
  #live(now: number): ObjectRecord | null {
    const record = this.#storage.kv.get<ObjectRecord>(RECORD)
    return record !== undefined && record.expires > now ? record : null
  }

  /** An empty object still has a database; the alarm drops that, so that it costs nothing. */
  #retire(): Promise<void> {
    return this.#storage.setAlarm(Date.now())
  }

  #entries(after: string, limit: number): OwnedEntry[] {
    const found = this.#storage.kv.list<Entry>({ prefix: OWNED, startAfter: OWNED + after, limit })
    return Array.from(found, ([key, entry]) => ({ id: key.slice(OWNED.length), ...entry }))
  }

  #isEmpty(): boolean {
    return Array.from(this.#storage.kv.list({ limit: 1 })).length === 0
  }
}
