import type { Awaitable } from './awaitable.ts'
import type { Draft } from './backing.ts'
import type { KeyRing } from './keys.ts'
import type { Closed, Found, Holder, Lock, Seat } from './record.ts'
import type { Failed } from './seal-format.ts'

export type { Key } from './keys.ts'
export type { Line } from './line.ts'
export type { Failed, Holder, KeyRing, Lock, Seat }

/** What of a record is closed: data and flash. */
export type Contents = Pick<Found, 'data' | 'flash'>

/** Encrypts data and flash of stored records: `encryptAtRest()` of `keepsake/encrypt-at-rest`. */
export interface AtRest {
  /** The record with its contents, or why this holder can't have them. */
  open(ring: KeyRing | undefined, found: Found, holder: Holder | undefined): Awaitable<Found | Failed>
  /**
   * The contents for all whose secrets open a record with this seat. `undefined` if some of them are not known to
   * this holder, who has no lock from before either.
   */
  close(
    ring: KeyRing | undefined,
    draft: Draft,
    seat: Omit<Seat, 'version'>,
    holder: Holder | undefined,
    now: number,
  ): Awaitable<{ readonly closed: Closed; readonly lock: Lock } | undefined>
}
