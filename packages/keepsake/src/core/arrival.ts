import { absence, oversized } from './absence.ts'
import { type Awaitable, all, chain, rescue } from './awaitable.ts'
import type { Backing, Opened } from './backing.ts'
import {
  type Cookie,
  type CookieOptions,
  type CookiePlan,
  type CookieRead,
  planCookie,
  readCookies,
} from './cookie.ts'
import { SessionError } from './errors.ts'
import type { SessionEvent } from './events.ts'
import type { Found } from './record.ts'
import type { Shape } from './schema.ts'
import type { Arrival } from './session-state.ts'
import type { Settings } from './settings.ts'
import { type RequestLike, Transport } from './transport.ts'

/** What the cookies of a request opened, and what there is to report of it. */
export interface Verdict {
  readonly opened: Opened
  readonly event?: SessionEvent
}

/** A request's cookies, not opened yet. */
export interface Caller {
  readonly arrival: Arrival
  /** Nothing of ours was sent, so there is nothing to wait for. */
  readonly empty: boolean
  /** @param onStoreError in place of the manager's option */
  open(onStoreError?: 'fail' | 'anonymous'): Awaitable<Verdict>
}

const ANONYMOUS: Opened = { outcome: 'none', facts: {} }

/** Receives requests: picks the cookie that counts for each, and opens what it holds. */
export class Reception {
  readonly #settings: Settings
  readonly #backing: Backing
  readonly #shape: Shape | undefined
  readonly #onStoreError: 'fail' | 'anonymous'
  readonly #plan: (request: RequestLike) => Plan
  readonly #transport: Transport
  readonly #strict: Transport

  constructor(
    settings: Settings,
    backing: Backing,
    shape: Shape | undefined,
    onStoreError: 'fail' | 'anonymous',
    cookie: CookieOptions | ((request: RequestLike) => CookieOptions) | undefined,
  ) {
    this.#settings = settings
    this.#backing = backing
    this.#shape = shape
    this.#onStoreError = onStoreError
    this.#plan = planner(cookie)
    const report = (evidence: { header: string; host: string | null }): void =>
      settings.emit({ type: 'behind-proxy', ...evidence })
    this.#transport = new Transport(undefined, report)
    this.#strict = new Transport(true, report)
  }

  receive(request: RequestLike): Caller {
    const plan = this.#plan(request)
    const transport = plan.alwaysSecure ? this.#strict : this.#transport
    const cookie = transport.relaxed(request) ? plan.relaxed : plan.secure
    const header = request.headers.get('cookie')
    const read = readCookies(header, cookie.name)
    const presented = read.count > 0
    const previous =
      header === null ? [] : plan.previous.filter(({ name }) => readCookies(header, name).count > 0)
    const former = presented ? undefined : previous[0]
    const startedAt = this.#settings.now()
    const endedIds = this.#backing.leavesCopies ? endedIn(readCookies(header, markerOf(cookie).name)) : []
    const { name } = cookie
    const { hostBound } = former ?? cookie
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const arrival = { request, startedAt, name, reads, cookie, hostBound, presented, previous, endedIds }
    const values = former ? readCookies(header, former.name) : read
    return {
      arrival,
      empty: values.count === 0 && !values.oversized,
      open: (onStoreError = this.#onStoreError) =>
        this.#open(request, arrival, former ?? cookie, values, onStoreError),
    }
  }

  #open(
    request: RequestLike,
    arrival: Arrival,
    cookie: Cookie,
    read: CookieRead,
    onStoreError: 'fail' | 'anonymous',
  ): Awaitable<Verdict> {
    if (read.oversized)
      return { opened: { outcome: 'malformed', facts: {} }, event: oversized(request, cookie) }
    if (read.count === 0) {
      const event = absence(request, arrival.cookie)
      return event ? { opened: ANONYMOUS, event } : { opened: ANONYMOUS }
    }
    return rescue<Verdict>(
      () => {
        const { name } = cookie
        const opening = read.values.map((value) => this.#backing.open(arrival, name, value))
        const judged = chain(all(opening), (opened) => judge(opened, read, name, arrival.endedIds))
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

/** The cookie that names, for ten minutes, the ids that a logout ended: a late renewal can't bring them back. */
export function markerOf(cookie: Cookie): Cookie {
  return { ...cookie, name: `${cookie.name}-ended` }
}

/** Nothing but ids: whatever else a client sends is not written back to it. */
function endedIn({ values }: CookieRead): string[] {
  return (values[0] ?? '').split('.', 4).filter((id) => /^[\w-]{22}$/.test(id))
}

/** Of several cookies of one name exactly one session must come, or none does. */
function judge(
  openings: readonly Opened[],
  read: CookieRead,
  name: string,
  endedIds: readonly string[],
): Verdict {
  const all = openings.map((opened) => withoutEnded(opened, endedIds))
  const found = all.flatMap((opened) => opened.found ?? [])
  const best = found.reduce<Found | undefined>((a, b) => (a && a.rank >= b.rank ? a : b), undefined)
  const { count } = read
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

type Plan = CookiePlan & { readonly alwaysSecure: boolean }

function planner(
  cookie: CookieOptions | ((request: RequestLike) => CookieOptions) | undefined,
): (request: RequestLike) => Plan {
  const make = (options: CookieOptions | undefined): Plan => ({
    ...planCookie(options),
    alwaysSecure: options?.secure === true,
  })
  if (typeof cookie !== 'function') {
    const plan = make(cookie)
    return () => plan
  }
  const plans = new WeakMap<CookieOptions, Plan>()
  return (request) => {
    const options = cookie(request)
    if (options === undefined)
      throw new SessionError('config', 'cookie: the function returned nothing; {} is the usual cookie.')
    const plan = plans.get(options) ?? make(options)
    plans.set(options, plan)
    return plan
  }
}
