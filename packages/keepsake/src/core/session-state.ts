import type { Arrival, Caller } from './arrival.ts'
import { type Awaitable, chain, isPromise } from './awaitable.ts'
import { type Backing, type Draft, type Opened, outcomeOf } from './backing.ts'
import { stampOf } from './binding.ts'
import { headOn, type Intent } from './draft.ts'
import { SessionError } from './errors.ts'
import type { ConflictEvent, SessionEvent } from './events.ts'
import { decode, encode, type JsonObject } from './json.ts'
import type { OnConflict } from './merge.ts'
import type { Outcome } from './outcome.ts'
import { Part } from './part.ts'
import type { Wish } from './plan.ts'
import type { Found, Head } from './record.ts'
import type { Shape } from './schema.ts'
import { renewalDue, type Settings } from './settings.ts'
import { mintEpoch, mintId } from './token.ts'

/** What the states of one manager share. */
export interface Rules {
  readonly settings: Settings
  readonly backing: Backing
  readonly shape: Shape | undefined
  readonly onConflict: OnConflict | undefined
  /** Whether the cookie outlives the browser, unless `remember` says otherwise. */
  readonly persistent: boolean
}

const UNTOUCHED: Wish = {
  found: false,
  looked: false,
  destroyed: false,
  apart: false,
  reissue: false,
  changed: false,
  filled: false,
  due: false,
  moving: false,
}

/** A session during one request: where it started, and where it is now. */
export class SessionState {
  readonly caller: Caller
  readonly rules: Rules
  /** What the client is to be told, once a save was asked for. */
  saving: Promise<string[]> | undefined
  saved: readonly string[] | undefined
  /** Whoever asked for the save has its answer. */
  over = false
  /** A save midway is under way; the last one waits for it. Never rejects. */
  midway: Promise<void> | undefined
  /** A response left with what the client is to be told. */
  delivered = false
  /** Some `run` already answers for this session's commit. */
  entered = false
  looked = false
  /** What `destroy` or another user's `login` ends. */
  ended: Found | undefined
  destroyed = false
  /** What saves midway have the client told; the last one brings it along. */
  told: readonly string[] = []
  #data: Part | undefined
  #flash: Part | undefined
  #opened: Opened | undefined
  #found: Found | undefined
  #id: string | undefined
  #intent: Intent = {}
  #apart = false
  #reissue = false
  #abandoned = false
  /** The epoch that something was derived of. */
  #epoch: string | undefined
  /** Something was derived of a session that was not kept yet. */
  #awaited = false
  #conflict: ConflictEvent | undefined
  /** Data and flash as the last wish encoded them: what is decided on is what is written. */
  texts: { readonly data: string; readonly flash: string } = { data: '{}', flash: '{}' }

  /** @param opened absent where it opens at once, at the first look */
  constructor(caller: Caller, rules: Rules, opened?: Opened) {
    this.caller = caller
    this.rules = rules
    if (opened) this.#start(opened)
  }

  get arrival(): Arrival {
    return this.caller.arrival
  }

  /** What the app sees and changes; made of what was found when somebody asks. */
  get data(): Part {
    this.#data ??= new Part('data', this.found?.data)
    return this.#data
  }

  get flash(): Part {
    this.#flash ??= new Part('flash', this.found?.flash)
    return this.#flash
  }

  /** The first look opens the session. @throws {SessionError} `too_late` if its response has left. */
  look(): this {
    if (this.looked) return this
    if (this.saved) throw this.tooLate('The session was first looked at after its response had left.')
    this.opened
    this.looked = true
    return this
  }

  /** Like `look`, for what changes the session. @throws {SessionError} `too_late` once it is saved. */
  edit(): this {
    if (this.saving || this.midway) throw this.tooLate('The session was changed after it had been saved.')
    return this.look()
  }

  get opened(): Opened {
    if (!this.#opened) {
      const opened = this.caller.arrive()
      if (isPromise(opened)) throw new TypeError('A lazy backing opens at once.')
      this.#start(opened)
    }
    return this.#opened as Opened
  }

  get outcome(): Outcome {
    return outcomeOf(this.opened)
  }

  /** What it came with was taken over a moment ago. */
  get late(): boolean {
    const { opened } = this
    return opened.found === undefined && opened.late === true
  }

  get found(): Found | undefined {
    this.opened
    return this.#found
  }

  get id(): string {
    this.#id ??= this.found?.id ?? mintId()
    return this.#id
  }

  /** The store has not been asked, and this request has proved nothing itself. */
  get secondHand(): boolean {
    return this.found?.standIn !== undefined && this.#intent.login === undefined
  }

  /** Times and owner as they are now, with what this request asks for. */
  get head(): Head {
    const found = this.found
    return found && this.#intent.login === undefined && this.#intent.keep === undefined
      ? found.head
      : this.#headOn(found?.head)
  }

  login(owner: string, keep: readonly string[] | undefined, label: string | undefined): void {
    const { hostBound } = this.arrival.carriage
    if (this.head.owner !== undefined && this.head.owner !== owner) this.#part()
    const others = !hostBound || this.found?.head.planted
    const survive = keep ?? (others ? [] : undefined)
    if (survive) {
      this.data.drop(survive)
      this.flash.drop([])
    }
    const login = { owner, ...(label !== undefined && { label }), ...(survive && { keep: survive }) }
    this.#intent = { ...this.#intent, login }
    this.regenerate()
  }

  regenerate(): void {
    this.#reissue = true
    this.#epoch = undefined
    if (this.rules.backing.renames && this.found) this.#id = mintId()
  }

  remember(keep: number | false): void {
    if (keep === this.head.keep) return
    this.#intent = { ...this.#intent, keep }
    if (this.rules.backing.setsCookieOnce && this.found) this.#reissue = true
  }

  /** What is derived of this session hangs on these; one that is not kept yet is from now on, though it be empty. */
  anchor(): { readonly id: string; readonly epoch: string } {
    const { found, rules, outcome } = this.look()
    const { epochs } = rules.backing
    const seat = found?.seat
    const kept = found !== undefined && (seat !== undefined || !epochs)
    if (!kept && outcome !== 'store-error') this.edit().#awaited = true
    if (!epochs) return { id: this.id, epoch: '' }
    const renewed = this.#reissue && !this.saved
    this.#epoch ??= (renewed ? undefined : seat?.epoch) ?? mintEpoch()
    return { id: this.id, epoch: this.#epoch }
  }

  destroy(): void {
    const { opened } = this
    this.#part()
    if (!opened.found) this.ended ??= opened.remains
    this.destroyed = true
  }

  /** The handler failed: nothing of what it changed counts, except that it ended the session. */
  abandon(): void {
    this.#abandoned = true
    if (this.destroyed) this.#part()
  }

  wish(now: number): Wish {
    if (!this.looked || (this.#abandoned && !this.destroyed)) return UNTOUCHED
    const { found } = this
    const data = this.data.text()
    const flash = this.flash.text()
    this.texts = { data, flash }
    const changed = this.data.differs(data) || this.flash.differs(flash)
    const { login, keep } = this.#intent
    return {
      found: found !== undefined,
      looked: true,
      destroyed: this.destroyed,
      apart: this.#apart,
      reissue: this.#reissue || (changed && this.#adopted),
      changed: changed || keep !== undefined || this.#awaited,
      filled: this.#awaited || login !== undefined || data.length + flash.length > '{}{}'.length,
      due: found !== undefined && this.#due(found, now),
      moving: this.opened.taking !== undefined,
    }
  }

  /** What the session is to become on this base: the found one, none, or what others made of it meanwhile. */
  draft(base: Found | undefined): Awaitable<Draft> {
    return this.#stamped(
      base && base !== this.#found
        ? this.#rebased(base)
        : this.#drafted(base?.head, this.texts.data, this.texts.flash),
    )
  }

  /** What `change` makes of the data on this base; nothing else of this request is in it. */
  updated(base: Found, change: (data: JsonObject) => void): Awaitable<Draft> {
    const drafting = chain(this.#shaped(base), ({ head, id, data, flash }) => {
      const changed = decode(data)
      change(changed)
      const { settings } = this.rules
      const seen = headOn(settings, head, {}, settings.now())
      return this.#checked(changed, (text) => ({ id, head: seen, login: false, data: text, flash }))
    })
    return this.#stamped(drafting)
  }

  /** A login goes on without its base: with what this request wrote, and nothing else. */
  get fallback(): { fresh: () => Awaitable<Draft> } | undefined {
    if (!this.#intent.login) return undefined
    const own = (part: 'data' | 'flash'): string => encode(part, this[part].onto({}).data)
    return {
      fresh: () => {
        this.#id = mintId()
        return this.#stamped(this.#drafted(undefined, own('data'), own('flash')))
      },
    }
  }

  /** The session was saved as this. What the client is to be told: these lines, and those of saves midway. */
  settle(found: Found | undefined, lines: string[]): string[] {
    this.#found = found
    this.#id = found?.id ?? this.#id
    this.#intent = {}
    this.#epoch = undefined
    this.#awaited = false
    if (this.#conflict) this.report(this.#conflict)
    const all = this.told.length === 0 ? lines : this.arrival.carriage.joined(this.told, lines)
    this.saved = all
    return all
  }

  /** Its request is over, and nobody has looked at it. */
  pass(): Promise<string[]> {
    this.saved = []
    return Promise.resolve([])
  }

  /** Nothing of it may change any more. */
  close(): void {
    this.data.freeze(this.#found?.data)
    this.flash.freeze(this.#found?.flash)
  }

  /** Goes on from what was saved; whoever holds `data` sees what others had saved, and what they change is saved later. */
  goOn(): void {
    this.told = this.saved ?? []
    this.saved = this.ended = this.#conflict = undefined
    this.destroyed = this.#apart = this.#reissue = false
    this.data.goOn(this.texts.data, this.#found?.data)
    this.flash.goOn(this.texts.flash, this.#found?.flash)
  }

  /** Starts anew from this: what was changed and not saved is dropped. */
  restart(base: Found): Awaitable<void> {
    return chain(this.#shaped(base), (found) => {
      this.#found = found
      this.#intent = {}
      this.#epoch = undefined
      this.#reissue = false
      this.#forgetParts()
    })
  }

  /** Another write of ours has succeeded: go on from it, with the changes not yet saved on top. */
  rebase(found: Found): void {
    this.#found = found
    if (this.saved) {
      this.#forgetParts()
      Object.freeze(this.data.value)
    } else {
      this.data.rebase(found.data)
      this.flash.rebase(found.flash)
    }
  }

  /** The store was asked after all: this request's changes go on top of what it said. */
  refresh(opened: Opened): void {
    if (opened.found) this.rebase(opened.found)
    else {
      this.#start(opened)
      this.#id = this.#epoch = undefined
    }
    this.#opened = opened
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
    this.#forgetParts()
  }

  #forgetParts(): void {
    this.#data = this.#flash = undefined
  }

  /** Ends the found session; what follows is another one, with nothing carried. */
  #part(): void {
    const { found } = this
    if (found) this.ended ??= found
    this.#apart ||= found !== undefined
    this.#found = undefined
    this.#id = undefined
    this.#intent = {}
    this.#epoch = undefined
    this.#awaited = false
    this.#forgetParts()
  }

  #due(found: Found, now: number): boolean {
    const { backing, settings } = this.rules
    const { taking } = this.opened
    return taking
      ? taking.atOnce || renewalDue(settings, found.head, now)
      : backing.due(this.arrival, found, now)
  }

  /** Opened under a former cookie: the first write moves it to ours. */
  get #adopted(): boolean {
    const { arrival, rules, told } = this
    const known = arrival.carriage.presented || told.length > 0
    return rules.backing.setsCookieOnce && this.found !== undefined && !known
  }

  #headOn(base: Head | undefined): Head {
    const { settings } = this.rules
    return headOn(settings, base, this.#intent, settings.now())
  }

  /** Bound to this client from now on, if nobody else was before. */
  #stamped(drafting: Awaitable<Draft>): Awaitable<Draft> {
    const { settings } = this.rules
    if (!settings.bind) return drafting
    return chain(drafting, (draft) => {
      if (draft.head.bound !== undefined && !this.#reissue) return draft
      return chain(stampOf(settings, this.arrival.request), (bound) => ({
        ...draft,
        head: { ...draft.head, bound },
      }))
    })
  }

  #drafted(base: Head | undefined, data: string, flash: string): Draft {
    const epoch = this.#epoch
    const login = this.#intent.login !== undefined
    const draft = { id: this.id, head: this.#headOn(base), login, data, flash }
    return epoch === undefined ? draft : { ...draft, epoch }
  }

  /** This request's changes on top of what another one wrote. */
  #rebased(base: Found): Awaitable<Draft> {
    return chain(this.#shaped(base), ({ head, id, data, flash }) => {
      const theirs = decode(data)
      const keep = this.#intent.login?.keep
      if (keep) for (const key of Object.keys(theirs)) if (!keep.includes(key)) delete theirs[key]
      const merge = this.data.onto(theirs, this.rules.onConflict)
      this.#conflict = { type: 'conflict', id, merged: merge.merged, contested: merge.contested }
      const flashes = encode('flash', this.flash.onto(keep ? {} : decode(flash)).data)
      return this.#checked(merge.data, (text) => this.#drafted(head, text, flashes))
    })
  }

  /** What others wrote may be of an older version. */
  #shaped(base: Found): Awaitable<Found> {
    const { shape } = this.rules
    if (base === this.#found) return base
    if (!shape) return base.head.version === undefined ? base : refuse()
    return chain(shape.reshape(base), (shaped) => shaped ?? refuse())
  }

  #checked(data: JsonObject, draft: (text: string) => Draft): Awaitable<Draft> {
    const text = encode('data', data)
    const { shape } = this.rules
    return shape ? chain(shape.check(data), (fits) => (fits ? draft(text) : refuse())) : draft(text)
  }
}

function refuse(): never {
  throw new SessionError(
    'conflict',
    'Nothing was saved: with what another request saved meanwhile, the data does not pass the schema.',
  )
}
