import type { Awaitable } from './awaitable.ts'
import type { Key, KeyRing } from './keys.ts'
import type { SealContent } from './seal-content.ts'

export type { SealContent, SealedHead } from './seal-content.ts'

/** What a seal is bound to. */
export interface SealContext {
  readonly ring: KeyRing
  /** The full name of the cookie. */
  readonly name: string
  readonly purpose: string
  readonly audience: string
  readonly protection: Protection
}

/** How seals protect what they carry. */
export interface Protection {
  /** It makes promises, whatever the engine. */
  readonly later?: boolean
  /** The content as one text; called when the ring is ready. */
  seal(context: SealContext, content: SealContent, now: number): Awaitable<string>
  /** The content of what {@link seal} made in the same context at most `lifetime` milliseconds ago, or why not; called when the ring is ready. */
  unseal(context: SealContext, text: string, now: number, lifetime: number): Awaitable<Unsealed>
}

/** Why a text opens nothing. */
export type SealFailure = 'malformed' | 'unknown-key' | 'tampered' | 'expired-absolute' | 'from-the-future'

/** Why a seal or token opens nothing, and the id of the key it names. */
export interface Failed {
  readonly failure: SealFailure
  readonly keyId?: string
  /** Ids of the keys that there are, where those of the ring are not asked. */
  readonly keyIds?: readonly string[]
}

/** What became of opening a text. `current` says that the first key of the ring made it. */
export type Unsealed =
  | { readonly content: SealContent; readonly keyId: string; readonly current: boolean }
  | Failed

/** How long one key seals: a period. */
export const HOUR = 3_600_000

/** By how much clocks may differ. */
const SKEW = 60_000

/** The outcome of a text that opens nothing. */
export function failed(failure: SealFailure, keyId?: string): Unsealed {
  return keyId === undefined ? { failure } : { failure, keyId }
}

/** The outcome of a text that opened with `key`; without content it was not one of ours. */
export function opened(context: SealContext, key: Key, content: SealContent | null, now: number): Unsealed {
  if (!content) return failed('tampered', key.id)
  if (content.issuedAt > now + SKEW) return failed('from-the-future', key.id)
  return { content, keyId: key.id, current: key === context.ring.first }
}

/** Why a seal of this hour need not be opened at all; a clock that is no number opens nothing. */
export function judgePeriod(period: number, now: number, lifetime: number): SealFailure | undefined {
  if (!(period * HOUR <= now + SKEW)) return 'from-the-future'
  if (!((period + 1) * HOUR >= now - lifetime)) return 'expired-absolute'
  return undefined
}
