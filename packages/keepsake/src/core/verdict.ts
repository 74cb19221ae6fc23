import type { Opened } from './backing.ts'
import type { Binding } from './binding.ts'
import type { Carriage } from './carrier.ts'
import type { SessionEvent } from './events.ts'
import type { Found } from './record.ts'

/** What a request's cookie opened, and what there is to report of it. */
export interface Verdict {
  readonly opened: Opened
  readonly event?: SessionEvent
}

type Opening = Extract<Opened, { found: Found }>

const ANONYMOUS: Opened = { outcome: 'none', facts: {} }

/** Nothing came that could be opened. */
export function absent(carriage: Carriage): Verdict {
  const opened: Opened = carriage.came.oversized ? { outcome: 'malformed', facts: {} } : ANONYMOUS
  const event = carriage.absence()
  return event ? { opened, event } : { opened }
}

/** Of several values of one name exactly one session must come, or none does. */
export function judge(openings: readonly Opened[], came: Carriage['came']): Verdict {
  const { name, count } = came
  const found = openings.filter((opened) => opened.found !== undefined)
  const best = found.reduce<Opening | undefined>(
    (a, b) => (a && a.found.rank >= b.found.rank ? a : b),
    undefined,
  )
  if (!best) return verdictOn(openings[0] ?? ANONYMOUS)
  const { id } = best.found
  if (found.some((other) => other.found.id !== id)) {
    return { opened: { outcome: 'duplicate', facts: {} }, event: { type: 'duplicate', name, count } }
  }
  const verdict = verdictOn(best)
  return verdict.event ? verdict : { opened: best, event: { type: 'duplicate-ignored', name, count, id } }
}

/** What there is to report of the only one. */
export function verdictOn(opened: Opened): Verdict {
  if (!opened.found) return { opened, event: refusal(opened) }
  const { id, standIn } = opened.found
  if (standIn?.outage === undefined) return { opened }
  return { opened, event: { type: 'store-error', reason: standIn.outage, id } }
}

/** Another client brought it than the one it was made for. */
export function elsewhere(verdict: Verdict, found: Found, onMismatch: Binding['onMismatch']): Verdict {
  const { createdAt, lastSeenAt } = found.head
  const facts = { id: found.id, createdAt, lastSeenAt }
  const opened: Opened = { outcome: 'bound-elsewhere', facts, remains: found }
  return { opened: onMismatch === 'report' ? verdict.opened : opened, event: refusal(opened) }
}

/** Its data is not what the app has today. */
export function misfit(found: Found): Verdict {
  const facts = { id: found.id, createdAt: found.head.createdAt }
  const opened: Opened = { outcome: 'schema', facts, remains: found }
  return { opened, event: refusal(opened) }
}

/** Why it opened nothing. */
export function refusal(opened: Opened): SessionEvent {
  const { outcome, facts } = opened as Exclude<Opened, { found: Found }>
  return { type: outcome as 'unknown', ...facts }
}
