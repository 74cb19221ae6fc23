import type { Listed, Store, Stored } from '../core/store.ts'
import { LARGEST_VALUE, storable, unescapeText } from '../core/text.ts'

/** What is used of a Workers KV namespace. */
export interface KvNamespace {
  getWithMetadata(key: string): Promise<{ readonly value: string | null; readonly metadata: unknown }>
  put(key: string, value: string, options: { expirationTtl: number; metadata?: KvMetadata }): Promise<void>
  delete(key: string): Promise<void>
  list(options: { prefix: string; cursor?: string }): Promise<KvPage>
}

/** What is used of a page of keys. */
export interface KvPage {
  readonly keys: readonly { readonly name: string }[]
  readonly list_complete: boolean
  readonly cursor?: string
}

/** What stands beside a value. */
export interface KvMetadata {
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly expires: number
  readonly owner?: string | undefined
}

/** Options of {@link kvStore}. */
export interface KvStoreOptions {
  /** What all keys begin with; another for each app that shares the namespace. @default 'session:' */
  readonly prefix?: string
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in Workers KV. */
export interface KvStore extends Store {
  readonly consistency: 'eventual'
  list(owner: string, limit: number, after?: string): Promise<Listed[]>
}

/** KV keeps nothing for less than a minute. */
const SHORTEST = 60

/**
 * Keeps sessions in Workers KV. Eventual, and honest about it: KV can't compare and set, so of two writers at once
 * the last wins and a write may undo a logout; other places see a change or a logout after up to a minute or more.
 * One session can be written once a second. Where that is not good enough take `durableObjectStore` or `d1Store`.
 *
 * Expiry is exact all the same: it stands beside the value and is compared at each read.
 */
export function kvStore(namespace: KvNamespace, options: KvStoreOptions = {}): KvStore {
  return new NamespaceStore(namespace, options.prefix ?? 'session:', options.clock ?? Date.now)
}

interface Kept extends KvMetadata {
  readonly value: string
}

class NamespaceStore implements KvStore {
  readonly consistency = 'eventual' as const
  readonly maxValue = LARGEST_VALUE
  readonly #namespace: KvNamespace
  readonly #prefix: string
  readonly #clock: () => number

  constructor(namespace: KvNamespace, prefix: string, clock: () => number) {
    this.#namespace = namespace
    this.#prefix = prefix
    this.#clock = clock
  }

  async get(id: string): Promise<Stored | null> {
    const kept = await this.#read(id)
    return kept && stored(kept)
  }

  // no look before: KV would remember for a minute that there is nothing
  async create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    await this.#write(id, { value, version: 1, expires: expires.getTime(), owner })
    return true
  }

  async update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    const former = await this.#read(id)
    if (former?.version !== version) return false
    await this.#write(id, { value, version: version + 1, expires: expires.getTime(), owner })
    if (former.owner !== owner) await this.#disown(id, former.owner)
    return true
  }

  async touch(id: string, expires: Date, version: number): Promise<boolean> {
    const kept = await this.#read(id)
    if (kept?.version !== version) return false
    await this.#write(id, { ...kept, expires: expires.getTime() })
    return true
  }

  async delete(id: string): Promise<void> {
    const kept = await this.#read(id)
    await this.#namespace.delete(this.#recordKey(id))
    await this.#disown(id, kept?.owner)
  }

  async list(owner: string, limit: number, after = ''): Promise<Listed[]> {
    const listed: Listed[] = []
    for await (const ids of this.#owned(owner, after)) {
      for (let start = 0; start < ids.length && listed.length < limit; start += limit) {
        const records = await Promise.all(
          ids.slice(start, start + limit).map((id) => this.#listed(id, owner)),
        )
        listed.push(...records.flatMap((record) => record ?? []))
      }
      if (listed.length >= limit) break
    }
    return listed.slice(0, limit)
  }

  async #listed(id: string, owner: string): Promise<Listed | null> {
    const kept = await this.#read(id)
    return kept?.owner === owner ? { id, ...stored(kept) } : null
  }

  async *#owned(owner: string, after: string): AsyncGenerator<string[]> {
    const prefix = this.#ownerKey(owner, '')
    let page: KvPage | undefined
    do {
      page = await this.#namespace.list(
        page?.cursor === undefined ? { prefix } : { prefix, cursor: page.cursor },
      )
      yield page.keys.map(({ name }) => name.slice(prefix.length)).filter((id) => id > after)
    } while (!page.list_complete)
  }

  async #read(id: string): Promise<Kept | null> {
    const { value, metadata } = await this.#namespace.getWithMetadata(this.#recordKey(id))
    const beside = metadata as KvMetadata | null
    if (value === null || beside === null || beside.expires <= this.#clock()) return null
    return { ...beside, value: unescapeText(value) }
  }

  // the owner's entry first: a record without one would be missed by "log out everywhere"
  async #write(id: string, { value, ...metadata }: Kept): Promise<void> {
    const expirationTtl = Math.max(SHORTEST, Math.ceil((metadata.expires - this.#clock()) / 1_000))
    if (metadata.owner !== undefined) {
      await this.#namespace.put(this.#ownerKey(metadata.owner, id), '', { expirationTtl })
    }
    await this.#namespace.put(this.#recordKey(id), storable(value), { expirationTtl, metadata })
  }

  async #disown(id: string, owner: string | undefined): Promise<void> {
    if (owner !== undefined) await this.#namespace.delete(this.#ownerKey(owner, id))
  }

  #recordKey(id: string): string {
    return `${this.#prefix}id:${id}`
  }

  #ownerKey(owner: string, id: string): string {
    return `${this.#prefix}owner:${owner}:${id}`
  }
}

function stored({ value, version, expires }: Kept): Stored {
  return { value, version, expires: new Date(expires) }
}
