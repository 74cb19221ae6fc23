import { listByIndex } from '../core/paging.ts'
import type { Listed, Store, Stored } from '../core/store.ts'
import { LARGEST_VALUE, storable, unescapeText } from '../core/text.ts'
import type { ObjectRecord, OwnedEntry, SessionStub } from './object-stub.ts'

/** What is used of the namespace of `SessionObject`. */
export interface SessionObjectNamespace<Id> {
  idFromName(name: string): Id
  get(id: Id): SessionStub
}

/** Options of {@link durableObjectStore}. */
export interface DurableObjectStoreOptions {
  /** What the names of all objects begin with; another for each app that shares the namespace. @default '' */
  readonly prefix?: string
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in Durable Objects. */
export interface DurableObjectStore extends Store {
  readonly consistency: 'strong'
  list(owner: string, limit: number, after?: string): Promise<Listed[]>
}

/**
 * Keeps each session in a Durable Object of its own, near its visitor; expired ones remove themselves by alarm.
 *
 * Strong: an object does one thing after the other. An owner's object lists the ids; an entry is written before the
 * session is, and goes when the session was deleted or a later look finds it gone, so no live session is ever missed.
 *
 * ```ts
 * export { SessionObject } from 'keepsake/cloudflare/object' // env.SESSIONS: DurableObjectNamespace<SessionObject>
 * const store = durableObjectStore(env.SESSIONS)
 * ```
 */
export function durableObjectStore<Id>(
  namespace: SessionObjectNamespace<Id>,
  options: DurableObjectStoreOptions = {},
): DurableObjectStore {
  const { prefix = '', clock = Date.now } = options
  const stub = (name: string): SessionStub => namespace.get(namespace.idFromName(prefix + name))
  return new ObjectStore(stub, clock)
}

class ObjectStore implements DurableObjectStore {
  readonly consistency = 'strong' as const
  readonly maxValue = LARGEST_VALUE
  readonly #stub: (name: string) => SessionStub
  readonly #clock: () => number

  constructor(stub: (name: string) => SessionStub, clock: () => number) {
    this.#stub = stub
    this.#clock = clock
  }

  async get(id: string): Promise<Stored | null> {
    const record = await this.#stub(id).read(this.#clock())
    return record && stored(record)
  }

  async create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    const record = encoded(value, 1, expires, owner)
    await this.#own(id, record)
    return this.#stub(id).create(record, this.#clock())
  }

  async update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    const record = encoded(value, version + 1, expires, owner)
    const result = await this.#stub(id).update(record, false, this.#clock())
    if (result !== 'unowned') return result === 'updated'
    await this.#own(id, record)
    return (await this.#stub(id).update(record, true, this.#clock())) === 'updated'
  }

  touch(id: string, expires: Date, version: number): Promise<boolean> {
    return this.#stub(id).touch(expires.getTime(), version, this.#clock())
  }

  async delete(id: string): Promise<void> {
    const owner = await this.#stub(id).remove()
    if (owner !== null) await this.#index(owner).disown([{ id }])
  }

  list(owner: string, limit: number, after = ''): Promise<Listed[]> {
    return listByIndex(
      limit,
      after,
      (last, size) => this.#index(owner).owned(last, size),
      (entries) => this.#look(owner, entries),
    )
  }

  async #own(id: string, { owner, expires }: ObjectRecord): Promise<void> {
    if (owner === undefined) return
    const others = await this.#index(owner).own(id, expires, this.#clock())
    if (others.length > 0) await this.#look(owner, others)
  }

  /** The records behind an owner's entries; entries that lead nowhere and no longer can are removed. */
  async #look(owner: string, entries: readonly OwnedEntry[]): Promise<Listed[]> {
    const now = this.#clock()
    const records = await Promise.all(entries.map(({ id }) => this.#stub(id).read(now)))
    const gone = entries.filter(({ until }, i) => until <= now && records[i]?.owner !== owner)
    if (gone.length > 0) await this.#index(owner).disown(gone)
    return entries.flatMap(({ id }, i) => {
      const record = records[i]
      return record?.owner === owner ? { id, ...stored(record) } : []
    })
  }

  #index(owner: string): SessionStub {
    return this.#stub(`owner:${owner}`)
  }
}

function encoded(value: string, version: number, expires: Date, owner: string | undefined): ObjectRecord {
  return { value: storable(value), version, expires: expires.getTime(), owner }
}

function stored({ value, version, expires }: ObjectRecord): Stored {
  return { value: unescapeText(value), version, expires: new Date(expires) }
}
