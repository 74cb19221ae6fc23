import type { AtRest } from './at-rest.ts'
import type { Binding } from './binding.ts'
import type { SessionEvent } from './events.ts'
import type { KeyRing } from './keys.ts'
import type { Found, Head } from './record.ts'
import type { Realm } from './token.ts'

/** What all parts of one manager agree on; durations in ms. */
export interface Settings {
  readonly ring: KeyRing | undefined
  readonly audience: string
  /** Absent where stored records are plain text. */
  readonly atRest: AtRest | undefined
  readonly lifetime: number
  readonly idleTimeout: number
  /** When the last reader of `accept` ends, ms since the epoch; 0 where there is none. */
  readonly acceptsUntil: number
  readonly renewAfter: number
  readonly rotateEvery: number | undefined
  readonly grace: number
  /** The app's version of its data; 0 where it gives none. */
  readonly version: number
  readonly bind: Binding | undefined
  readonly onReuse: 'end' | 'report'
  now(): number
  emit(event: SessionEvent): void
}

/** Clocks may differ by this much, ms. */
export const SKEW = 60_000

/** When the absolute limit ends this session. */
export function absoluteEnd(settings: Settings, head: Head): number {
  return head.createdAt + settings.lifetime
}

/** The idle limit for this session by today's settings. */
export function idleLimit(settings: Settings, head: { readonly keep?: Head['keep'] | undefined }): number {
  return typeof head.keep === 'number' ? head.keep : settings.idleTimeout
}

/** Is a session that is in use to be renewed? In time for one that `remember` keeps only briefly, too. */
export function renewalDue(settings: Settings, head: Head, now: number): boolean {
  return now >= head.lastSeenAt + Math.min(settings.renewAfter, idleLimit(settings, head) / 2)
}

/** When this session ends if nothing more happens. */
export function endOf(settings: Settings, head: Head): number {
  return Math.min(head.lastSeenAt + idleLimit(settings, head), absoluteEnd(settings, head))
}

/** Which limit has ended this session; `recorded` is the end that was written down, which a longer setting never moves. */
export function ended(
  settings: Settings,
  { head }: Found,
  recorded: number,
  now: number,
): 'expired-idle' | 'expired-absolute' | undefined {
  if (now >= absoluteEnd(settings, head)) return 'expired-absolute'
  return now >= Math.min(recorded, endOf(settings, head)) ? 'expired-idle' : undefined
}

/** Where this manager's tokens are good, under a cookie's name. */
export function realmOf({ ring, audience }: Settings, name: string): Realm {
  return { ring, name, audience }
}
