import type { Backing } from './backing.ts'
import type { BoundedStore } from './bounded-store.ts'
import type { OwnerSessions } from './owners.ts'
import type { Settings } from './settings.ts'
import type { Store } from './store.ts'

export type { Backing, Capabilities, Change, Draft, Kept, Opened, Visit } from './backing.ts'
export type { BoundedStore } from './bounded-store.ts'
export type { OwnerSessions } from './owners.ts'
export type { Found } from './record.ts'
export { absoluteEnd, type Settings, SKEW } from './settings.ts'

/** Ends sealed sessions before their time: a value of `keepsake/revocation`. */
export interface Revocation {
  /** Keeps what has ended. */
  readonly store: Store
  /** The backing that asks the store, too, and what ends an owner's sessions. */
  over(
    sealed: Backing,
    store: BoundedStore,
    settings: Settings,
  ): { readonly backing: Backing; readonly owners: OwnerSessions }
}
