import type { Acceptance, Inherited, Reader } from './accept.ts'
import { type Awaitable, all, chain, rescue } from './awaitable.ts'
import type { Backing, Opened, Visit } from './backing.ts'
import { fits } from './binding.ts'
import type { Carriage, Carrier } from './carrier.ts'
import { isOutage } from './errors.ts'
import type { SessionEvent } from './events.ts'
import type { RequestLike } from './loopback.ts'
import type { Shape } from './schema.ts'
import type { Settings } from './settings.ts'
import { absent, elsewhere, judge, misfit, refusal, type Verdict, verdictOn } from './verdict.ts'

/** What a request carried. */
export interface Arrival extends Visit {
  readonly request: RequestLike
  readonly carriage: Carriage
  /** What other libraries left. */
  readonly inherited: Inherited
}

/** With `stale` a backing shows snapshots; what has none fails. */
type OnStoreError = 'fail' | 'anonymous' | 'stale'

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
    return new Caller(this, request, this.#settings.now())
  }

  /** Whether opening takes time, so that it can't be left until somebody looks. */
  isEarly(caller: Caller): boolean {
    const waits = !this.#backing.lazy || this.#shape !== undefined
    // nobody need look at the request to know
    if (!waits && this.#acceptance.empty && !this.#carrier.varies) return false
    const { arrival } = caller
    if (isEmpty(arrival)) return arrival.carriage.came.oversized
    return waits || readersOf(arrival).length > 0
  }

  /** What the request carried. */
  arrival(request: RequestLike, startedAt: number): Arrival {
    const carriage = this.#carrier.receive(request)
    const { name } = carriage
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const inherited = this.#acceptance.inherited(request, startedAt, name)
    const snapshots = this.#backing.sendsSnapshots ? carriage.beside?.values : undefined
    return { request, startedAt, name, reads, snapshots, carriage, inherited }
  }

  open(arrival: Arrival, onStoreError: OnStoreError = this.#onStoreError): Awaitable<Verdict> {
    if (isEmpty(arrival)) return absent(arrival.carriage)
    return rescue(
      () => this.#judged(arrival),
      (error) => this.#outage(error, onStoreError),
    )
  }

  /** Lets a verdict be known. Where a token is in other hands, whoever copied it must be out, and so is everybody else. */
  conclude({ opened, event }: Verdict): Awaitable<Opened> {
    if (event) this.#settings.emit(event)
    if (opened.found || !opened.remains) return opened
    const { onReuse, bind } = this.#settings
    const policy = { reused: onReuse, 'bound-elsewhere': bind?.onMismatch }[opened.outcome as 'reused']
    return policy === 'end' ? chain(this.#backing.remove(opened.remains), () => opened) : opened
  }

  #judged(arrival: Arrival): Awaitable<Verdict> {
    const { came } = arrival.carriage
    if (came.count === 0) return this.#inherit(arrival)
    const [only = ''] = came.values
    if (came.count === 1)
      return chain(this.#openOurs(arrival, only), (opened) =>
        this.#judge(arrival, verdictOn(this.#unlessEnded(arrival, opened))),
      )
    const opening = came.values.map((value) => this.#openOurs(arrival, value))
    return chain(all(opening), (opened) => {
      const living = opened.map((each) => this.#unlessEnded(arrival, each))
      return this.#judge(arrival, judge(living, came))
    })
  }

  #openOurs(arrival: Arrival, value: string): Awaitable<Opened> {
    const { name } = arrival.carriage.came
    const own = this.#acceptance.openOwn(arrival, name, value)
    if (own === undefined) return this.#backing.open(arrival, name, value)
    return chain(own, (opened) => opened ?? this.#backing.open(arrival, name, value))
  }

  async #inherit(arrival: Arrival): Promise<Verdict> {
    const { carriage, request } = arrival
    const readers = readersOf(arrival)
    const found = await this.#acceptance.open(readers, request.headers.get('cookie'), arrival)
    const from = readers[0]?.cookies[0]?.name ?? ''
    if (!found) return { ...absent(carriage), event: { type: 'not-accepted', from } }
    const opened = this.#unlessEnded(arrival, found)
    if (!opened.found) return { opened, event: refusal(opened) }
    return { opened, event: { type: 'accepted', id: opened.found.id, from: opened.taking?.from ?? from } }
  }

  /** Of a session that was ended, a copy may still open where nobody keeps a list; the browser says so then. */
  #unlessEnded({ carriage }: Arrival, opened: Opened): Opened {
    const id = opened.found?.id
    if (id === undefined || !this.#backing.leavesCopies || !carriage.endedIds.includes(id)) return opened
    return { outcome: 'revoked', facts: { id } }
  }

  #judge(arrival: Arrival, verdict: Verdict): Awaitable<Verdict> {
    return chain(this.#bound(verdict, arrival), (bound) => this.#fit(bound))
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

/** A request on its way to its session: what it carried is found out when somebody asks. */
export class Caller {
  readonly request: RequestLike
  readonly #reception: Reception
  readonly #startedAt: number
  #arrival: Arrival | undefined

  constructor(reception: Reception, request: RequestLike, startedAt: number) {
    this.#reception = reception
    this.request = request
    this.#startedAt = startedAt
  }

  get arrival(): Arrival {
    this.#arrival ??= this.#reception.arrival(this.request, this.#startedAt)
    return this.#arrival
  }

  /** @param onStoreError in place of the manager's option */
  open(onStoreError?: OnStoreError): Awaitable<Verdict> {
    return this.#reception.open(this.arrival, onStoreError)
  }

  /** As {@link open}, and lets it be known. */
  arrive(): Awaitable<Opened> {
    return chain(this.open(), (verdict) => this.#reception.conclude(verdict))
  }

  /** Once more, and from the store itself. */
  async return(): Promise<Opened> {
    return this.#reception.conclude(await this.#reception.open({ ...this.arrival, snapshots: [] }, 'fail'))
  }
}

/** Nothing was sent that could be opened. */
function isEmpty(arrival: Arrival): boolean {
  const { came } = arrival.carriage
  return came.count === 0 && readersOf(arrival).length === 0
}

/** Nothing of ours may be there, however broken: a reader is no weaker way in for our own cookie. */
function readersOf({ carriage, inherited }: Arrival): readonly Reader<unknown>[] {
  return carriage.came.named ? [] : inherited.readers
}
