import { absence, oversized } from './absence.ts'
import type { Beside, Carriage, Carrier } from './carrier.ts'
import {
  type Cookie,
  type CookieOptions,
  type CookiePlan,
  type CookieRead,
  clearCookie,
  planCookie,
  readCookies,
  writeCookie,
} from './cookie.ts'
import { SessionError } from './errors.ts'
import type { SessionEvent } from './events.ts'
import { Loopback, type RequestLike } from './loopback.ts'
import { type HeaderTarget, joinCookies, putCookies } from './response.ts'
import { ENDED, markerName, markerOf, snapshotOf } from './side-cookies.ts'

type CookieOption = CookieOptions | ((request: RequestLike) => CookieOptions)

// seconds
const MARKED = 600
const NONE: readonly never[] = []

/** Carries tokens and seals in a cookie. */
export class CookieCarrier implements Carrier {
  readonly varies: boolean
  readonly #plan: (request: RequestLike) => Plan
  readonly #loopback: Loopback
  readonly #strict: Loopback

  /** @throws {SessionError} `config` for what browsers would drop. */
  constructor(cookie: CookieOption | undefined, emit: (event: SessionEvent) => void) {
    this.varies = typeof cookie === 'function'
    this.#plan = planner(cookie)
    const report = (evidence: { header: string; host: string | null }): void =>
      emit({ type: 'behind-proxy', ...evidence })
    this.#loopback = new Loopback(undefined, report)
    this.#strict = new Loopback(true, report)
  }

  receive(request: RequestLike): Carriage {
    const plan = this.#plan(request)
    const loopback = plan.alwaysSecure ? this.#strict : this.#loopback
    const cookie = loopback.relaxed(request) ? plan.relaxed : plan.secure
    return new CookieCarriage(request, cookie, plan.previous)
  }
}

class CookieCarriage implements Carriage {
  readonly name: string
  readonly came: Carriage['came']
  readonly presented: boolean
  readonly hostBound: boolean
  readonly header = 'Cookie'
  readonly #request: RequestLike
  /** Its Cookie header. */
  readonly #sent: string | null
  readonly #cookie: Cookie
  /** Ids of sessions that this request has ended, newest first. */
  #ended: readonly string[] = NONE
  /** Former cookies that the request carried; expired at the next write. */
  readonly #previous: readonly Cookie[]

  constructor(request: RequestLike, cookie: Cookie, previous: readonly Cookie[]) {
    const sent = request.headers.get('cookie')
    const read = readCookies(sent, cookie.name)
    this.#request = request
    this.#sent = sent
    this.#cookie = cookie
    this.#previous = previous.length === 0 ? NONE : previous.filter(({ name }) => isIn(sent, name))
    this.presented = read.count > 0
    const former = this.presented ? undefined : this.#previous[0]
    const { name, hostBound } = former ?? cookie
    this.name = cookie.name
    this.came = named(name, former ? readCookies(sent, name) : read)
    this.hostBound = hostBound
  }

  get endedIds(): readonly string[] {
    if (!this.#sent?.includes(ENDED)) return NONE
    const [marker] = readCookies(this.#sent, markerName(this.#cookie.name)).values
    // nothing but ids: whatever else a client sends is not written back to it
    return marker === undefined ? NONE : marker.split('.', 4).filter((id) => /^[\w-]{22}$/.test(id))
  }

  get beside(): Beside {
    const cookie = snapshotOf(this.#cookie)
    return {
      values: readCookies(this.#sent, cookie.name).values,
      keep: (value, maxAge) => [
        value === undefined ? clearCookie(cookie) : writeCookie(cookie, value, maxAge),
      ],
    }
  }

  absence(): SessionEvent | undefined {
    return (this.came.oversized ? oversized : absence)(this.#request, this.#cookie)
  }

  keep(value: string, maxAge: number | undefined, endedId: string | undefined): string[] {
    const line = writeCookie(this.#cookie, value, maxAge)
    return this.#previous.length === 0 && endedId === undefined ? [line] : [line, ...this.#parting(endedId)]
  }

  forget(had: boolean, endedId: string | undefined): string[] {
    const { beside } = this
    const cleared = this.presented || had ? [clearCookie(this.#cookie)] : []
    const snapshot = beside.values.length > 0 ? beside.keep(undefined, undefined) : []
    return [...cleared, ...snapshot, ...this.#parting(endedId)]
  }

  /** A former cookie of the same name may be all that the browser has, so it waits for a new token. */
  unchanged(): string[] {
    return this.#previous.filter(({ name }) => name !== this.name).map(clearCookie)
  }

  joined(former: readonly string[], later: readonly string[]): string[] {
    return joinCookies(former, later)
  }

  put(headers: HeaderTarget, lines: readonly string[]): void {
    putCookies(headers, lines)
  }

  cookies(lines: readonly string[]): readonly string[] {
    return lines
  }

  /** What goes with every new or cleared cookie: the marker of an ended session, and the end of former cookies. */
  #parting(endedId: string | undefined): string[] {
    const former = this.#previous.map(clearCookie)
    if (endedId === undefined) return former
    this.#ended = [endedId, ...this.#ended.filter((id) => id !== endedId)]
    const ids = [...this.#ended, ...this.endedIds].slice(0, 4).join('.')
    return [writeCookie(markerOf(this.#cookie), ids, MARKED), ...former]
  }
}

/** Spelt out: a spread here costs as much as reading the header. */
function named(name: string, { values, count, named, oversized }: CookieRead): Carriage['came'] {
  return { name, values, count, named, oversized }
}

function isIn(header: string | null, name: string): boolean {
  return readCookies(header, name).count > 0
}

type Plan = CookiePlan & { readonly alwaysSecure: boolean }

function planner(cookie: CookieOption | undefined): (request: RequestLike) => Plan {
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
