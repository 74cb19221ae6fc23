import type { KeyRing } from './keys.ts'
import type { Facts, Outcome } from './outcome.ts'
import type { Failed } from './seal-format.ts'

/** What a seal or token that opens nothing makes of a visitor; an unknown key is told with those that are loaded. */
export function refused(
  { failure, keyId, keyIds }: Failed,
  ring: KeyRing | undefined,
): { readonly outcome: Outcome; readonly facts: Facts } {
  const facts: Facts = keyId === undefined ? {} : { keyId }
  if (failure === 'from-the-future') return { outcome: 'malformed', facts: { ...facts, ahead: true } }
  if (failure !== 'unknown-key' || !ring) return { outcome: failure, facts }
  return { outcome: failure, facts: { ...facts, keyIds: keyIds ?? ring.ids() } }
}
