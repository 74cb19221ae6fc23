import type { Proof } from '../promises/prove.ts'

const ONE_AFTER_THE_OTHER =
  'Workers KV has no compare-and-set: of two writers the last wins, and a write may undo a logout'

/** What a store without compare-and-set does not promise, by how a case that asks for it fails. */
const NOT_PROMISED: readonly (readonly [how: RegExp, why: string])[] = [
  [
    /rotateEvery needs a store with strong consistency/,
    'rotateEvery is refused on an eventual store; the other cases pass',
  ],
  [
    /got "not-yet-visible"/,
    'an eventual store says not-yet-visible where another says unknown; the other cases pass',
  ],
  [/^P(7|8) /, ONE_AFTER_THE_OTHER],
  [
    /^P6 a failed change rejects/,
    'the case fails update, and an eventual store makes a new record for a new token',
  ],
  [/^P10 the id of a session stays/, 'an eventual store makes a new record for a new token'],
  [/^P10 capabilities say/, 'an eventual store makes a new record for a new token'],
]

/** The proof of an eventual store: what it fails as it says it does is no failure but a reason. */
export function forEventual(proof: Proof): Proof {
  const why = (failure: string): string | undefined => NOT_PROMISED.find(([how]) => how.test(failure))?.[1]
  const waived = [...new Set(proof.failed.flatMap((failure) => why(failure) ?? []))]
  const failed = proof.failed.filter((failure) => why(failure) === undefined)
  return waived.length === 0 ? proof : { ...proof, failed, absent: waived.join('; ') }
}
