import { type Awaitable, all, chain, rescue } from './awaitable.ts'
import type { Backing, Opened } from './backing.ts'
import type { Carriage, Carrier } from './carrier.ts'
import { SessionError } from './errors.ts'
import type { SessionEvent } from './events.ts'
import type { Found } from './record.ts'
import type { Shape } from './schema.ts'
import type { Arrival } from './session-state.ts'
import type { Settings } from './settings.ts'
import type { RequestLike } from './transport.ts'

/** What a request's cookie opened, and what there is to report of it. */
export interface Verdict {
  readonly opened: Opened
  readonly event?: SessionEvent
}

/** What a request carried, not opened yet. */
export interface Caller {
  readonly arrival: Arrival
  /** Nothing of ours was sent, so there is nothing to wait for. */
  readonly empty: boolean
  /** @param onStoreError in place of the manager's option */
  open(onStoreError?: 'fail' | 'anonymous'): Awaitable<Verdict>
}

const ANONYMOUS: Opened = { outcome: 'none', facts: {} }

/** Receives requests: picks what counts of that which each carried, and opens it. */
export class Reception {
  readonly #settings: Settings
  readonly #backing: Backing
  readonly #shape: Shape | undefined
  readonly #onStoreError: 'fail' | 'anonymous'
  readonly #carrier: Carrier

  constructor(
    settings: Settings,
    backing: Backing,
    shape: Shape | undefined,
    onStoreError: 'fail' | 'anonymous',
    carrier: Carrier,
  ) {
    this.#settings = settings
    this.#backing = backing
    this.#shape = shape
    this.#onStoreError = onStoreError
    this.#carrier = carrier
  }

  receive(request: RequestLike): Caller {
    const carriage = this.#carrier.receive(request)
    const { name, came } = carriage
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const arrival = { request, startedAt: this.#settings.now(), name, reads, carriage }
    return {
      arrival,
      empty: came.count === 0 && !came.oversized,
      open: (onStoreError = this.#onStoreError) => this.#open(arrival, onStoreError),
    }
  }

  #open(arrival: Arrival, onStoreError: 'fail' | 'anonymous'): Awaitable<Verdict> {
    const { carriage } = arrival
    const { came } = carriage
    if (came.count === 0) {
      const opened: Opened = came.oversized ? { outcome: 'malformed', facts: {} } : ANONYMOUS
      const event = carriage.absence()
      return event ? { opened, event } : { opened }
    }
    return rescue<Verdict>(
      () => {
        const opening = came.values.map((value) => this.#backing.open(arrival, came.name, value))
        const endedIds = this.#backing.leavesCopies ? carriage.endedIds : []
        const judged = chain(all(opening), (opened) => judge(opened, came, endedIds))
        return chain(judged, (verdict) => this.#fit(verdict))
      },
      (error) => this.#outage(error, onStoreError),
    )
  }

  #fit(verdict: Verdict): Awaitable<Verdict> {
    const { found } = verdict.opened
    if (!found) return verdict
    if (!this.#shape) return found.head.version === undefined ? verdict : misfit(found)
    return chain(this.#shape.reshape(found), (fitting) =>
      fitting ? { ...verdict, opened: { found: fitting } } : misfit(found),
    )
  }

  #outage(error: unknown, onStoreError: 'fail' | 'anonymous'): Verdict {
    if (!(error instanceof SessionError) || error.code !== 'store_unavailable') throw error
    const event: SessionEvent = { type: 'store-error', reason: error.message }
    if (onStoreError === 'anonymous') return { opened: { outcome: 'store-error', facts: {} }, event }
    this.#settings.emit(event)
    throw error
  }
}

/** Of several values of one name exactly one session must come, or none does. */
function judge(openings: readonly Opened[], came: Carriage['came'], endedIds: readonly string[]): Verdict {
  const { name, count } = came
  const all = openings.map((opened) => withoutEnded(opened, endedIds))
  const found = all.flatMap((opened) => opened.found ?? [])
  const best = found.reduce<Found | undefined>((a, b) => (a && a.rank >= b.rank ? a : b), undefined)
  if (!best) {
    const opened = all[0] ?? ANONYMOUS
    return { opened, event: refusal(opened) }
  }
  if (found.some(({ id }) => id !== best.id)) {
    return { opened: { outcome: 'duplicate', facts: {} }, event: { type: 'duplicate', name, count } }
  }
  const opened = { found: best }
  return count > 1 ? { opened, event: { type: 'duplicate-ignored', name, count, id: best.id } } : { opened }
}

function withoutEnded(opened: Opened, endedIds: readonly string[]): Opened {
  const id = opened.found?.id
  return id !== undefined && endedIds.includes(id) ? { outcome: 'revoked', facts: { id } } : opened
}

function misfit(found: Found): Verdict {
  const facts = { id: found.id, createdAt: found.head.createdAt }
  const opened: Opened = { outcome: 'schema', facts, remains: found }
  return { opened, event: refusal(opened) }
}

function refusal(opened: Opened): SessionEvent {
  const { outcome, facts } = opened as Exclude<Opened, { found: Found }>
  return { type: outcome as 'unknown', ...facts }
}
