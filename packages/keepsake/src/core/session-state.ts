import { type Awaitable, chain } from './awaitable.ts'
import type { Backing, Draft, Opened, Visit } from './backing.ts'
import type { Cookie } from './cookie.ts'
import { SessionError } from './errors.ts'
import type { ConflictEvent, SessionEvent } from './events.ts'
import { decode, encode, type JsonObject } from './json.ts'
import { merge, type OnConflict } from './merge.ts'
import type { Outcome } from './outcome.ts'
import type { Wish } from './plan.ts'
import type { Found, Head } from './record.ts'
import type { Shape } from './schema.ts'
import { endOf, idleLimit, type Settings } from './settings.ts'
import { mintId } from './token.ts'
import type { RequestLike } from './transport.ts'

/** How a session's cookie arrived. */
export interface Arrival extends Visit {
  readonly request: RequestLike
  /** The cookie we write for this request. */
  readonly cookie: Cookie
  /** The request carried a cookie of our name. */
  readonly presented: boolean
  /** Former cookies that the request carried; expired at the next write. */
  readonly previous: readonly Cookie[]
  /** Ids that a logout has ended, newest first. */
  readonly endedIds: readonly string[]
}

/** What the states of one manager share. */
export interface Rules {
  readonly settings: Settings
  readonly backing: Backing
  readonly shape: Shape | undefined
  readonly onConflict: OnConflict | undefined
}

interface Login {
  readonly owner: string
  readonly label?: string
  readonly keep: readonly string[] | undefined
}

/** A session during one request: where it started, and where it is now. */
export class SessionState {
  readonly arrival: Arrival
  readonly rules: Rules
  readonly reopen: () => Promise<Found | undefined>
  /** The Set-Cookie values, once a save was asked for. */
  saving: Promise<string[]> | undefined
  saved: readonly string[] | undefined
  /** A Response left with our cookies on it. */
  delivered = false
  /** Some `run` already answers for this session's commit. */
  entered = false
  looked = false
  /** What `destroy` or another user's `login` ends. */
  ended: Found | undefined
  destroyed = false
  apart = false
  #open: (() => Opened) | undefined
  #opened: Opened | undefined
  #abandoned = false
  #found: Found | undefined
  #id: string | undefined
  #data: JsonObject | undefined
  #flash: JsonObject | undefined
  #login: Login | undefined
  #reissue = false
  #remembered: number | false | undefined
  #conflict: ConflictEvent | undefined

  /** @param reopen opens once more what the request carried */
  constructor(
    arrival: Arrival,
    rules: Rules,
    opened: Opened | (() => Opened),
    reopen: () => Promise<Found | undefined>,
  ) {
    this.arrival = arrival
    this.reopen = reopen
    this.rules = rules
    if (typeof opened === 'function') this.#open = opened
    else this.#start(opened)
  }

  /** The first look opens the session. @throws {SessionError} `too_late` if its response has left. */
  look(): this {
    if (this.looked) return this
    if (this.saved) throw this.tooLate('The session was first looked at after its response had left.')
    this.looked = true
    this.opened
    return this
  }

  /** Like `look`, for what changes the session. @throws {SessionError} `too_late` once it is saved. */
  edit(): this {
    if (this.saving) throw this.tooLate('The session was changed after it had been saved.')
    return this.look()
  }

  get opened(): Opened {
    if (this.#open) {
      const open = this.#open
      this.#open = undefined
      this.#start(open())
    }
    return this.#opened as Opened
  }

  get outcome(): Outcome {
    const opened = this.opened
    return opened.found ? 'loaded' : opened.outcome
  }

  get found(): Found | undefined {
    this.opened
    return this.#found
  }

  get isNew(): boolean {
    return this.found === undefined
  }

  get id(): string {
    this.#id ??= this.found?.id ?? mintId()
    return this.#id
  }

  get data(): JsonObject {
    this.#data ??= this.found ? decode(this.found.data) : Object.create(null)
    return this.#data as JsonObject
  }

  set data(data: JsonObject) {
    this.#data = data
  }

  get flash(): JsonObject {
    this.#flash ??= this.found ? decode(this.found.flash) : Object.create(null)
    return this.#flash as JsonObject
  }

  /** The session's times and owner as they are now, with this request's wishes. */
  get head(): Head {
    const found = this.found
    return found && !this.#login && this.#remembered === undefined ? found.head : this.#headOn(found?.head)
  }

  get endsAt(): number {
    return endOf(this.rules.settings, this.head)
  }

  login(owner: string, keep: readonly string[] | 'all' | undefined, label: string | undefined): void {
    if (this.head.owner !== undefined && this.head.owner !== owner) this.#part()
    const kept = keep ?? (this.arrival.cookie.hostBound || !this.found ? 'all' : [])
    if (kept !== 'all') this.#keepOnly(kept)
    this.#login = { owner, keep: kept === 'all' ? undefined : kept, ...(label !== undefined && { label }) }
    this.regenerate()
  }

  regenerate(): void {
    this.#reissue = true
    if (this.rules.backing.renames && this.found) this.#id = mintId()
  }

  remember(keep: number | false): void {
    this.#remembered = keep
    if (this.rules.backing.setsCookieOnce && this.found) this.#reissue = true
  }

  destroy(): void {
    const { opened } = this
    this.#part()
    this.ended ??= opened.found ? undefined : opened.remains
    this.destroyed = true
    this.apart = false
    this.#login = undefined
    this.#remembered = undefined
  }

  /** The handler failed: nothing of what it changed counts, except that it ended the session. */
  abandon(): void {
    this.#abandoned = true
  }

  wish(now: number): Wish {
    const looked = this.looked && (!this.#abandoned || this.destroyed)
    if (!looked)
      return {
        found: false,
        looked,
        destroyed: false,
        apart: false,
        reissue: false,
        changed: false,
        filled: false,
        due: false,
      }
    const found = this.found
    const changed = this.#abandoned ? false : this.#changed
    const adopted = found !== undefined && changed && this.#adopted
    return {
      found: found !== undefined,
      looked,
      destroyed: this.destroyed,
      apart: this.apart,
      reissue: this.#reissue || adopted,
      changed: changed || (this.#remembered !== undefined && found !== undefined),
      filled: !this.#abandoned && this.#filled,
      due: found !== undefined && this.rules.backing.due(found, now),
    }
  }

  /** A login goes on without its base: with what this request wrote, and nothing else. */
  get fallback(): { fresh: () => Draft } | undefined {
    if (!this.#login) return undefined
    return { fresh: () => this.#alone() }
  }

  /** What the session is to become on this base: the found one, none, or what others made of it meanwhile. */
  draft(base: Found | undefined): Awaitable<Draft> {
    const head = this.#headOn(base?.head)
    const login = this.#login !== undefined
    if (base && base !== this.#found) return this.#rebased(base, head, login)
    return { id: this.id, head, login, data: this.#textOf('data'), flash: this.#textOf('flash') }
  }

  /** The session was saved as this; nothing of it may change any more. */
  settle(found: Found | undefined, cookies: readonly string[]): void {
    this.#found = found
    this.#id = found?.id ?? this.#id
    this.saved = cookies
    if (this.#data) Object.freeze(this.#data)
    if (this.#conflict) this.report(this.#conflict)
  }

  /** Another write of ours has succeeded: go on from it, with the changes not yet saved on top. */
  rebase(found: Found): void {
    const before = this.#found
    const fresh = decode(found.data)
    if (this.saved) this.#data = Object.freeze(fresh)
    else if (this.#data)
      replace(this.#data, before ? merge(decode(before.data), this.#data, fresh).data : fresh)
    this.#found = found
  }

  tooLate(reason: string): SessionError {
    const id = this.#found?.id
    this.report({ type: 'too-late', reason, ...(id !== undefined && { id }) })
    return new SessionError(
      'too_late',
      `${reason} Use it before you return the response; a socket can use sessions.update().`,
    )
  }

  report(event: SessionEvent): void {
    this.rules.settings.emit(event)
  }

  #start(opened: Opened): void {
    this.#opened = opened
    this.#found = opened.found
  }

  /** Ends the found session; what follows is another one, with nothing carried. */
  #part(): void {
    const { found } = this
    if (found) this.ended ??= found
    this.apart = found !== undefined
    this.#found = undefined
    this.#id = undefined
    this.#data = Object.create(null)
    this.#flash = Object.create(null)
    this.#reissue = false
  }

  #keepOnly(keys: readonly string[]): void {
    const { data } = this
    for (const key of Object.keys(data)) if (!keys.includes(key)) delete data[key]
    const before = this.found ? decode(this.found.flash) : {}
    for (const key of Object.keys(before))
      if (JSON.stringify(this.flash[key]) === JSON.stringify(before[key])) delete this.flash[key]
  }

  /** Opened under a former cookie: the first write moves it to ours. */
  get #adopted(): boolean {
    return this.rules.backing.setsCookieOnce && !this.arrival.presented
  }

  get #changed(): boolean {
    const found = this.found
    return this.#textOf('data') !== (found?.data ?? '{}') || this.#textOf('flash') !== (found?.flash ?? '{}')
  }

  get #filled(): boolean {
    return this.#login !== undefined || this.#textOf('data') !== '{}' || this.#textOf('flash') !== '{}'
  }

  #textOf(part: 'data' | 'flash'): string {
    const value = part === 'data' ? this.#data : this.#flash
    return value ? encode(part, value) : (this.#found?.[part] ?? '{}')
  }

  #headOn(base: Head | undefined): Head {
    const now = this.rules.settings.now()
    const { version } = this.rules.settings
    const keep = this.#remembered ?? base?.keep
    const who = this.#login ? { ...this.#login, authenticatedAt: now } : base
    return {
      createdAt: this.#login || !base ? now : base.createdAt,
      lastSeenAt: now,
      idle: idleLimit(this.rules.settings, keep === undefined ? {} : { keep }),
      ...(keep !== undefined && { keep }),
      ...(who?.owner !== undefined && { owner: who.owner }),
      ...(who?.authenticatedAt !== undefined && { authenticatedAt: who.authenticatedAt }),
      ...(who?.label !== undefined && { label: who.label }),
      ...(version > 0 && { version }),
    }
  }

  #alone(): Draft {
    const before = this.#found
    const own = (part: 'data' | 'flash', mine: JsonObject): string =>
      encode(part, before ? merge(decode(before[part]), mine, {}).data : mine)
    this.#id = mintId()
    return {
      id: this.#id,
      head: this.#headOn(undefined),
      login: true,
      data: own('data', this.data),
      flash: own('flash', this.flash),
    }
  }

  #rebased(base: Found, head: Head, login: boolean): Awaitable<Draft> {
    const before = this.#found as Found
    const theirs = decode(base.data)
    const keep = this.#login?.keep
    if (keep) for (const key of Object.keys(theirs)) if (!keep.includes(key)) delete theirs[key]
    const { data, merged, contested } = this.#data
      ? merge(decode(before.data), this.#data, theirs, this.rules.onConflict)
      : { data: theirs, merged: [], contested: [] }
    const flash = this.#flash
      ? merge(decode(before.flash), this.#flash, decode(base.flash)).data
      : decode(base.flash)
    this.#conflict = { type: 'conflict', id: base.id, merged, contested }
    const draft = { id: this.id, head, login, data: encode('data', data), flash: encode('flash', flash) }
    const { shape } = this.rules
    return shape ? chain(shape.check(data), (fits) => (fits ? draft : refuseMerge())) : draft
  }
}

function refuseMerge(): never {
  throw new SessionError(
    'conflict',
    'Nothing was saved: merged with what another request saved meanwhile, the data does not pass the schema.',
  )
}

/** Gives an object the members of another, so that whoever holds it sees them. */
function replace(target: JsonObject, source: JsonObject): void {
  for (const key of Object.keys(target)) delete target[key]
  Object.assign(target, source)
}
