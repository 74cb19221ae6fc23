import { milliseconds } from './duration.ts'
import { SessionError } from './errors.ts'
import { refuseUnknownKeys } from './known-keys.ts'
import type { ManagerOptions } from './options.ts'
import type { Settings } from './settings.ts'

/** For how long a snapshot answers, ms. */
export interface CacheLimits {
  /** Since the store was read. */
  readonly maxAge: number
  /** After that, while the store does not answer. */
  readonly staleFor: number
}

/** How long snapshots answer, by a manager's options; `undefined` without `cache`. @throws {SessionError} `config` */
export function cacheLimits<Data>(
  options: ManagerOptions<Data>,
  { ring, idleTimeout }: Settings,
): CacheLimits | undefined {
  const { cache, store, onStoreError, staleFor } = options
  const stale = onStoreError === 'stale'
  if (stale && !cache)
    throw bad("onStoreError: 'stale' needs cache, which makes the snapshots that are shown")
  if (staleFor !== undefined && !stale) throw bad("staleFor needs onStoreError: 'stale'")
  if (cache === undefined) return undefined
  if (!store || !ring) throw bad('cache needs store, whose records it shows, and secrets, which seal them')
  if (typeof cache !== 'object' || cache === null) throw bad("cache is an object: { maxAge: '1m' }")
  refuseUnknownKeys('cache', cache, ['maxAge'])
  const maxAge = milliseconds('cache.maxAge', cache.maxAge)
  if (maxAge > idleTimeout / 2)
    throw bad('cache.maxAge is longer than half of idleTimeout; sessions in use would end')
  return { maxAge, staleFor: stale ? milliseconds('staleFor', staleFor ?? '5m') : 0 }
}

function bad(message: string): SessionError {
  return new SessionError('config', `${message}.`)
}
