import type { Acceptance, Reader } from './accept.ts'
import { type Awaitable, all, chain, rescue } from './awaitable.ts'
import type { Backing, Opened } from './backing.ts'
import { type Binding, fits } from './binding.ts'
import type { Carriage, Carrier } from './carrier.ts'
import { isOutage } from './errors.ts'
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
  /** Nothing was sent that could be opened, so there is nothing to wait for. */
  readonly empty: boolean
  /** Readers of other libraries' cookies are asked, which takes time. */
  readonly inherits: boolean
  /** @param onStoreError in place of the manager's option */
  open(onStoreError?: OnStoreError): Awaitable<Verdict>
  /** Once more, and from the store itself. */
  reopen(): Awaitable<Verdict>
}

type Opening = Extract<Opened, { found: Found }>

/** With `stale` a backing shows snapshots; what has none fails. */
type OnStoreError = 'fail' | 'anonymous' | 'stale'

const ANONYMOUS: Opened = { outcome: 'none', facts: {} }

/** Receives requests: picks what counts of that which each carried, and opens it. */
export class Reception {
  readonly #settings: Settings
  readonly #backing: Backing
  readonly #shape: Shape | undefined
  readonly #acceptance: Acceptance
  readonly #onStoreError: OnStoreError
  readonly #carrier: Carrier

  constructor(
    settings: Settings,
    backing: Backing,
    shape: Shape | undefined,
    acceptance: Acceptance,
    onStoreError: OnStoreError,
    carrier: Carrier,
  ) {
    this.#settings = settings
    this.#backing = backing
    this.#shape = shape
    this.#acceptance = acceptance
    this.#onStoreError = onStoreError
    this.#carrier = carrier
  }

  receive(request: RequestLike): Caller {
    const carriage = this.#carrier.receive(request)
    const { name, came } = carriage
    const startedAt = this.#settings.now()
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const inherited = this.#acceptance.inherited(request.headers.get('cookie'), startedAt, name)
    // nothing of ours may be there, however broken: a reader is no weaker way in for our own cookie
    const readers = came.named ? [] : inherited.readers
    const snapshots = this.#backing.sendsSnapshots ? carriage.beside?.values : undefined
    const arrival = { request, startedAt, name, reads, snapshots, carriage, inherited }
    return {
      arrival,
      empty: came.count === 0 && !came.oversized && readers.length === 0,
      inherits: readers.length > 0,
      open: (onStoreError = this.#onStoreError) => this.#open(arrival, readers, onStoreError),
      reopen: () => this.#open({ ...arrival, snapshots: [] }, readers, 'fail'),
    }
  }

  #open(
    arrival: Arrival,
    readers: readonly Reader<unknown>[],
    onStoreError: OnStoreError,
  ): Awaitable<Verdict> {
    const { carriage } = arrival
    const { came } = carriage
    if (came.count === 0 && readers.length === 0) return absent(carriage)
    return rescue<Verdict>(
      () => {
        if (came.count === 0) return this.#inherit(arrival, readers)
        const opening = came.values.map((value) => this.#openOurs(arrival, value))
        const judged = chain(all(opening), (opened) => judge(opened, came, this.#endedIds(carriage)))
        const bound = chain(judged, (verdict) => this.#bound(verdict, arrival))
        return chain(bound, (verdict) => this.#fit(verdict))
      },
      (error) => this.#outage(error, onStoreError),
    )
  }

  #openOurs(arrival: Arrival, value: string): Awaitable<Opened> {
    const { name } = arrival.carriage.came
    return chain(
      this.#acceptance.openOwn(arrival, name, value),
      (opened) => opened ?? this.#backing.open(arrival, name, value),
    )
  }

  async #inherit(arrival: Arrival, readers: readonly Reader<unknown>[]): Promise<Verdict> {
    const { carriage, request } = arrival
    const found = await this.#acceptance.open(readers, request.headers.get('cookie'), arrival)
    const from = readers[0]?.cookies[0]?.name ?? ''
    if (!found) return { ...absent(carriage), event: { type: 'not-accepted', from } }
    const opened = withoutEnded(found, this.#endedIds(carriage))
    if (!opened.found) return { opened, event: refusal(opened) }
    return { opened, event: { type: 'accepted', id: opened.found.id, from: opened.taking?.from ?? from } }
  }

  #endedIds(carriage: Carriage): readonly string[] {
    return this.#backing.leavesCopies ? carriage.endedIds : []
  }

  #bound(verdict: Verdict, { request }: Arrival): Awaitable<Verdict> {
    const { bind } = this.#settings
    const { found } = verdict.opened
    const stamp = found?.head.bound
    if (!bind || !found || stamp === undefined) return verdict
    return chain(fits(this.#settings, request, stamp), (same) =>
      same ? verdict : elsewhere(verdict, found, bind.onMismatch),
    )
  }

  #fit(verdict: Verdict): Awaitable<Verdict> {
    const { opened } = verdict
    const { found } = opened
    if (!found) return verdict
    if (!this.#shape) return found.head.version === undefined ? verdict : misfit(found)
    return chain(this.#shape.reshape(found), (fitting) =>
      fitting ? { ...verdict, opened: { ...opened, found: fitting } } : misfit(found),
    )
  }

  #outage(error: unknown, onStoreError: OnStoreError): Verdict {
    if (!isOutage(error)) throw error
    const event: SessionEvent = { type: 'store-error', reason: error.message }
    if (onStoreError === 'anonymous') return { opened: { outcome: 'store-error', facts: {} }, event }
    this.#settings.emit(event)
    throw error
  }
}

function absent(carriage: Carriage): Verdict {
  const opened: Opened = carriage.came.oversized ? { outcome: 'malformed', facts: {} } : ANONYMOUS
  const event = carriage.absence()
  return event ? { opened, event } : { opened }
}

/** Of several values of one name exactly one session must come, or none does. */
function judge(openings: readonly Opened[], came: Carriage['came'], endedIds: readonly string[]): Verdict {
  const { name, count } = came
  const all = openings.map((opened) => withoutEnded(opened, endedIds))
  const found = all.filter((opened) => opened.found !== undefined)
  const best = found.reduce<Opening | undefined>(
    (a, b) => (a && a.found.rank >= b.found.rank ? a : b),
    undefined,
  )
  if (!best) {
    const opened = all[0] ?? ANONYMOUS
    return { opened, event: refusal(opened) }
  }
  const { id } = best.found
  if (found.some((other) => other.found.id !== id)) {
    return { opened: { outcome: 'duplicate', facts: {} }, event: { type: 'duplicate', name, count } }
  }
  const outage = best.found.standIn?.outage
  if (outage !== undefined) return { opened: best, event: { type: 'store-error', reason: outage, id } }
  return count > 1
    ? { opened: best, event: { type: 'duplicate-ignored', name, count, id } }
    : { opened: best }
}

function withoutEnded(opened: Opened, endedIds: readonly string[]): Opened {
  const id = opened.found?.id
  return id !== undefined && endedIds.includes(id) ? { outcome: 'revoked', facts: { id } } : opened
}

function elsewhere(verdict: Verdict, found: Found, onMismatch: Binding['onMismatch']): Verdict {
  const { createdAt, lastSeenAt } = found.head
  const facts = { id: found.id, createdAt, lastSeenAt }
  const opened: Opened = { outcome: 'bound-elsewhere', facts, remains: found }
  return { opened: onMismatch === 'report' ? verdict.opened : opened, event: refusal(opened) }
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
