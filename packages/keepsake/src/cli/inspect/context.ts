import { randomBytes } from '../../core/bytes.ts'
import { Key, KeyRing } from '../../core/keys.ts'
import type { Protection, SealContext } from '../../core/seal.ts'
import { snapshotName } from '../../core/side-cookies.ts'
import { oneLine } from '../failure.ts'
import type { Finding } from './finding.ts'
import { namesFor, type Question } from './question.ts'

/** What a seal may be bound to; `what` says it to people. */
export interface Place {
  readonly name: string
  readonly purpose: string
  readonly what: string
}

const SNAPSHOT = snapshotName('')
const TRANSIENT = '__Host-Http-transient-'

/** What the seal in this cookie may have been made for. */
export function placesFor(question: Question): Place[] {
  const { purpose } = question
  if (purpose !== undefined) return [{ name: '', purpose: `one-off:token:${purpose}`, what: 'one-off token' }]
  return namesFor(question).flatMap((name) => placesUnder(name, question.cookie.name === undefined))
}

function placesUnder(name: string, bare: boolean): Place[] {
  if (name.startsWith(TRANSIENT)) {
    const purpose = `one-off:transient:${name.slice(TRANSIENT.length)}`
    return [{ name: '', purpose, what: 'transient value' }]
  }
  const snapshot = (full: string): Place => ({
    name: full,
    purpose: 'snapshot',
    what: 'snapshot of a stored session',
  })
  if (name.endsWith(SNAPSHOT)) return [snapshot(name)]
  const session = { name, purpose: 'session', what: 'session, sealed in the cookie' }
  return bare ? [session, snapshot(snapshotName(name))] : [session]
}

/** The context in which a seal made there opens. */
export function contextAt(
  place: Place,
  ring: KeyRing,
  protection: Protection,
  audience: string,
): SealContext {
  const { name, purpose } = place
  return { ring, name, purpose, audience, protection }
}

/** A ring that has made nothing: what it is asked about, it only reads the outside of. */
export function emptyRing(): KeyRing {
  return KeyRing.of(new Key(randomBytes(32)))
}

/** A ring of those secrets that Keepsake takes; where it takes none, why; `undefined` where none was given. */
export function ringOf(secrets: readonly string[]): KeyRing | string | undefined {
  let fault: string | undefined
  const strong = [...new Set(secrets)].filter((secret) => {
    try {
      return new KeyRing(secret) !== undefined
    } catch (error) {
      fault = oneLine(error)
      return false
    }
  })
  return strong.length > 0 ? new KeyRing(strong) : fault
}

/** How it stands with what no ring could open. */
export function unopened(fault: string | undefined): Pick<Finding, 'state' | 'problem'> {
  return fault === undefined ? { state: 'not-verified' } : { state: 'does-not-open', problem: fault }
}
