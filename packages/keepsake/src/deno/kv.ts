import { type Bytes, fromUtf8, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { listByIndex } from '../core/paging.ts'
import type { Listed, Store, Stored } from '../core/store.ts'
import { storable, unescapeText } from '../core/text.ts'
import type { DenoKv, DenoKvEntry } from './client.ts'

export type { DenoKv, DenoKvAtomic, DenoKvEntry } from './client.ts'

/** Options of {@link denoKvStore}. */
export interface DenoKvStoreOptions {
  /** The first part of all keys; another for each app that shares the database. @default 'session' */
  readonly prefix?: string
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in Deno KV. */
export interface DenoKvStore extends Store {
  readonly consistency: 'strong'
  list(owner: string, limit: number, after?: string): Promise<Listed[]>
}

/** Deno KV keeps 65,536 bytes; the head that goes before a record takes up to 80 of them. */
const LARGEST = 65_536 - 80
/** Each failed try means that a renewal came first, so this many are not met in practice. */
const TRIES = 100

/**
 * Keeps sessions in Deno KV.
 *
 * Strong: record and owner's entry change in one atomic operation that checks the versionstamp. Deno KV forgets
 * expired records late, so their expiry is compared at each read.
 *
 * A record has at most 65,456 bytes: Deno KV keeps 65,536 in a value, head included. More is a SessionError `too_large`.
 */
export function denoKvStore(kv: DenoKv, options: DenoKvStoreOptions = {}): DenoKvStore {
  return new KvStore(kv, options.prefix ?? 'session', options.clock ?? Date.now)
}

interface Kept {
  readonly value: string
  readonly version: number
  readonly expires: number
  readonly owner: string | undefined
}

class KvStore implements DenoKvStore {
  readonly consistency = 'strong' as const
  readonly maxValue = LARGEST
  readonly #kv: DenoKv
  readonly #prefix: string
  readonly #clock: () => number

  constructor(kv: DenoKv, prefix: string, clock: () => number) {
    this.#kv = kv
    this.#prefix = prefix
    this.#clock = clock
  }

  async get(id: string): Promise<Stored | null> {
    const kept = this.#live(decode(await this.#kv.get(this.#recordKey(id))))
    return kept && stored(kept)
  }

  create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    const record = { value, version: 1, expires: expires.getTime(), owner }
    return this.#swap(id, (live) => (live === null ? record : null))
  }

  update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    const record = { value, version: version + 1, expires: expires.getTime(), owner }
    return this.#swap(id, (live) => (live?.version === version ? record : null))
  }

  touch(id: string, expires: Date, version: number): Promise<boolean> {
    return this.#swap(id, (live) =>
      live?.version === version ? { ...live, expires: expires.getTime() } : null,
    )
  }

  async delete(id: string): Promise<void> {
    const kept = decode(await this.#kv.get(this.#recordKey(id)))
    const removal = this.#kv.atomic().delete(this.#recordKey(id))
    if (kept?.owner !== undefined) removal.delete(this.#ownerKey(kept.owner, id))
    await removal.commit()
  }

  list(owner: string, limit: number, after = ''): Promise<Listed[]> {
    return listByIndex(
      limit,
      after,
      (last, size) => this.#owned(owner, last, size),
      async (entries) => (await Promise.all(entries.map(({ id }) => this.#listed(id, owner)))).flat(),
    )
  }

  async #owned(owner: string, after: string, limit: number): Promise<{ id: string }[]> {
    const prefix = [this.#prefix, 'owner', owner]
    // the least key after this id's
    const start = [...prefix, `${after}\0`]
    const found: { id: string }[] = []
    for await (const { key } of this.#kv.list({ prefix, start }, { limit }))
      found.push({ id: String(key.at(-1)) })
    return found
  }

  async #listed(id: string, owner: string): Promise<Listed[]> {
    const kept = this.#live(decode(await this.#kv.get(this.#recordKey(id))))
    return kept?.owner === owner ? [{ id, ...stored(kept) }] : []
  }

  /** Puts what `next` makes of the live record in its place, unless that is `null`. */
  async #swap(id: string, next: (live: Kept | null) => Kept | null): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const entry = await this.#kv.get(this.#recordKey(id))
      const former = decode(entry)
      const record = next(this.#live(former))
      if (record === null) return false
      if (await this.#put(id, entry.versionstamp, record, former?.owner)) return true
    }
    throw new SessionError('store_unavailable', `Deno KV refused ${TRIES} changes of one session in a row`)
  }

  async #put(
    id: string,
    versionstamp: string | null,
    record: Kept,
    former: string | undefined,
  ): Promise<boolean> {
    const key = this.#recordKey(id)
    const options = { expireIn: Math.max(0, record.expires - this.#clock()) }
    const change = this.#kv.atomic().check({ key, versionstamp }).set(key, encode(record), options)
    if (former !== undefined && former !== record.owner) change.delete(this.#ownerKey(former, id))
    if (record.owner !== undefined) change.set(this.#ownerKey(record.owner, id), true, options)
    return (await change.commit()).ok
  }

  #live(kept: Kept | null): Kept | null {
    return kept !== null && kept.expires > this.#clock() ? kept : null
  }

  #recordKey(id: string): string[] {
    return [this.#prefix, 'id', id]
  }

  #ownerKey(owner: string, id: string): string[] {
    return [this.#prefix, 'owner', owner, id]
  }
}

/** One line of JSON, then the value: bytes, because of those Deno KV counts nothing but their number. */
function encode({ value, version, expires, owner }: Kept): Bytes {
  return utf8(`${JSON.stringify([version, expires, owner])}\n${storable(value, LARGEST)}`)
}

function decode({ value }: DenoKvEntry): Kept | null {
  const text = value === null ? null : fromUtf8(value as Bytes)
  if (text === null) return null
  const end = text.indexOf('\n')
  const [version, expires, owner] = JSON.parse(text.slice(0, end)) as [number, number, string | null]
  return { version, expires, owner: owner ?? undefined, value: unescapeText(text.slice(end + 1)) }
}

function stored({ value, version, expires }: Kept): Stored {
  return { value, version, expires: new Date(expires) }
}
