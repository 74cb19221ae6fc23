import type { Store, Stored } from './core/store.ts'
import { fitting, LARGEST_VALUE } from './core/text.ts'

/** What is used of an unstorage `Storage`. */
export interface UnstorageLike {
  getItem(key: string): Promise<unknown>
  setItem(key: string, item: UnstorageItem, options: { readonly ttl: number }): Promise<void>
  removeItem(key: string): Promise<void>
  getKeys(base: string): Promise<string[]>
}

/** A record as unstorage keeps it: a JSON object, which no driver takes for something else. */
export interface UnstorageItem {
  readonly value: string
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly expires: number
}

/** Options of {@link unstorageStore}. */
export interface UnstorageStoreOptions {
  /** What all keys begin with; another for each app that shares the storage. @default 'session' */
  readonly prefix?: string
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in whatever unstorage has a driver for. */
export interface UnstorageStore extends Store {
  readonly consistency: 'eventual'
  /** Reads every key and removes at most `limit` expired records: for a scheduled job, where the driver knows no `ttl`. */
  sweep(limit: number): Promise<number>
}

/**
 * Keeps sessions in an unstorage `Storage`: the way to engines that have no store of their own here.
 *
 * Eventual, whatever the driver: unstorage can't compare and set, so of two writers at once the last wins, and a
 * write may undo a logout. It has no index either, so there is no `list` and no `revokeAll`.
 * Expiry is exact all the same: it stands beside the value and is compared at each read. Drivers that know a `ttl`
 * also drop what has expired; with others call `sweep` from a scheduled job.
 */
export function unstorageStore(storage: UnstorageLike, options: UnstorageStoreOptions = {}): UnstorageStore {
  const { prefix = 'session', clock = Date.now } = options
  const keyOf = (id: string): string => `${prefix}:${id}`

  const live = async (id: string): Promise<UnstorageItem | null> => {
    const item = (await storage.getItem(keyOf(id))) as UnstorageItem | null
    return item && item.expires > clock() ? item : null
  }
  const write = (id: string, item: UnstorageItem): Promise<void> =>
    storage.setItem(keyOf(id), item, { ttl: Math.max(1, Math.ceil((item.expires - clock()) / 1_000)) })
  /** Writes what `next` makes of the live record, if it has this version. */
  const replace = async (
    id: string,
    version: number,
    next: (item: UnstorageItem) => UnstorageItem,
  ): Promise<boolean> => {
    const item = await live(id)
    if (item?.version !== version) return false
    await write(id, next(item))
    return true
  }

  return {
    consistency: 'eventual',
    maxValue: LARGEST_VALUE,
    get: async (id) => stored(await live(id)),
    async create(id, value, expires) {
      await write(id, { value: fitting(value), version: 1, expires: expires.getTime() })
      return true
    },
    update: (id, value, expires, version) =>
      replace(id, version, () => ({
        value: fitting(value),
        version: version + 1,
        expires: expires.getTime(),
      })),
    touch: (id, expires, version) =>
      replace(id, version, (item) => ({ ...item, expires: expires.getTime() })),
    delete: (id) => storage.removeItem(keyOf(id)),
    async sweep(limit) {
      let removed = 0
      for (const key of await storage.getKeys(prefix)) {
        if (removed >= limit) break
        const item = (await storage.getItem(key)) as UnstorageItem | null
        if (!item || item.expires > clock()) continue
        await storage.removeItem(key)
        removed++
      }
      return removed
    },
  }
}

function stored(item: UnstorageItem | null): Stored | null {
  return item && { value: item.value, version: item.version, expires: new Date(item.expires) }
}
