import { Acceptance } from './accept.ts'
import { Reception } from './arrival.ts'
import type { Backing } from './backing.ts'
import { BoundedStore } from './bounded-store.ts'
import { type CacheLimits, cacheLimits } from './cache-options.ts'
import { CachedBacking } from './cached.ts'
import { CookieCarrier } from './cookie-carrier.ts'
import { milliseconds } from './duration.ts'
import { SessionError } from './errors.ts'
import { type Exclusive, exclusiveOn } from './exclusive.ts'
import { KeyRing, type Secrets } from './keys.ts'
import { isProduction } from './loopback.ts'
import { type ManagerOptions, oneOf, settle } from './options.ts'
import { type OwnerSessions, Owners } from './owners.ts'
import { placesFor } from './places.ts'
import type { Revocation } from './revocation.ts'
import { Shape } from './schema.ts'
import { PROTECTIONS, type Protection } from './seal.ts'
import { SealedBacking } from './sealed.ts'
import type { Rules } from './session-state.ts'
import type { Settings } from './settings.ts'
import { Snapshots } from './snapshot.ts'
import type { Store } from './store.ts'
import { StoredBacking } from './stored.ts'
import { guarded, warnOnce } from './warn.ts'

/** What a manager consists of. */
export interface Assembly {
  readonly rules: Rules
  readonly reception: Reception
  /** Absent where nothing is kept on the server. */
  readonly owners: OwnerSessions | undefined
  /** Absent where nothing can be agreed on: in cookies, and on eventual stores. */
  readonly exclusive: Exclusive | undefined
}

/** Makes the parts of a manager of its options. @throws {SessionError} `config` */
export function assemble<Data>(options: ManagerOptions<Data>): Assembly {
  const ring = ringOf(options)
  const settings = settle(options, ring, guarded(options.onEvent ?? warnOnce))
  const { store, schema, version, migrate, onConflict, persistent = true } = options
  const storeTimeout = milliseconds('storeTimeout', options.storeTimeout ?? '2s')
  const protection = protectionOf(options.protection)
  const onStoreError = oneOf('onStoreError', options.onStoreError, ['fail', 'anonymous', 'stale'])
  const limits = cacheLimits(options, settings)
  const bounded = store && new BoundedStore(store, storeTimeout)
  const listed = bounded && new Owners(bounded, settings)
  const places = placesFor(options.maxSessions, listed, settings)
  const stored = bounded && listed && new StoredBacking(settings, bounded, listed, places)
  const { backing, owners } = stored
    ? { backing: cached(stored, settings, protection, limits), owners: listed }
    : sealed(options.revocation, settings, protection, storeTimeout)
  const shape = schema || version ? new Shape(schema, version ?? 0, migrate) : undefined
  const carrier = options.transport ?? new CookieCarrier(options.cookie, settings.emit)
  const doorway = { settings, backing, shape, store: bounded, stored, owners, storeTimeout }
  const acceptance = new Acceptance(options.accept ?? [], doorway)
  const reception = new Reception(settings, backing, shape, acceptance, onStoreError, carrier)
  reportMemory(store ?? options.revocation?.store, settings)
  return {
    rules: { settings, backing, shape, onConflict, persistent },
    reception,
    owners,
    exclusive: exclusiveOn(bounded, settings),
  }
}

function protectionOf(option: 'encrypt' | 'sign' | Protection | undefined): Protection {
  if (typeof (option as Protection | undefined)?.unseal === 'function') return option as Protection
  return PROTECTIONS[oneOf('protection', option as 'encrypt' | undefined, ['encrypt', 'sign'])]
}

function reportMemory(store: Store | undefined, settings: Settings): void {
  if (store?.volatile && isProduction()) settings.emit({ type: 'memory-store' })
}

function ringOf<Data>(options: ManagerOptions<Data>): KeyRing | undefined {
  if (typeof options !== 'object' || options === null || (!('secrets' in options) && !options.store)) {
    throw new SessionError(
      'config',
      'SessionManager needs secrets, or a store, or both. `npx keepsake secret` makes a secret.',
    )
  }
  return 'secrets' in options ? new KeyRing(options.secrets as Secrets | undefined) : undefined
}

/** In the cookie alone, unless there is a store for what has ended. */
function sealed(
  revocation: Revocation | undefined,
  settings: Settings,
  protection: Protection,
  storeTimeout: number,
): { readonly backing: Backing; readonly owners?: OwnerSessions } {
  const backing = new SealedBacking(settings, settings.ring as KeyRing, protection)
  if (!revocation) return { backing }
  return revocation.over(backing, new BoundedStore(revocation.store, storeTimeout), settings)
}

/** With snapshots before it, if there is to be a cache. */
function cached(
  stored: StoredBacking,
  settings: Settings,
  protection: Protection,
  limits: CacheLimits | undefined,
): Backing {
  if (!limits) return stored
  const snapshots = new Snapshots(settings, settings.ring as KeyRing, protection, limits)
  return new CachedBacking(settings, stored, snapshots, limits)
}
