import { type Duration, milliseconds } from './duration.ts'
import { adopt } from './json.ts'
import type { Outcome } from './outcome.ts'
import type { SessionState } from './session-state.ts'
import { absoluteEnd, endOf } from './settings.ts'
import type { JsonShape } from './types.ts'

/** What `login` may be told besides the owner. */
export interface LoginOptions<Data> {
  /**
   * Keys of `data` that survive.
   * @default all for a `__Host-` cookie, which nobody else can have planted; otherwise none of what was there before
   */
  readonly keep?: readonly (keyof Data & string)[]
  /** What `sessions.list` shows for this session, a device for example. */
  readonly label?: string
}

let stateOf: (session: object) => SessionState

/**
 * What one visitor's requests share, during one of them.
 *
 * Using any getter or method is a look: only then is the session opened, renewed and validated, and only then
 * does the response vary on it. After its commit a session can be read, if it was looked at before, but not changed:
 * what would change it throws a SessionError `too_late`.
 */
export class Session<
  Data extends JsonShape<Data> = Record<string, unknown>,
  Flash extends JsonShape<Flash> = Record<string, string>,
> {
  readonly #state: SessionState

  /** Sessions come from `sessions.load(request)`. */
  constructor(state: SessionState) {
    this.#state = state
  }

  static {
    stateOf = (session) => (session as Session).#state
  }

  /** Plain JSON; change it as deep as you like. Assigning to it replaces everything. What JSON can't carry is refused at save. */
  get data(): Partial<Data> {
    return this.#state.look().data.value as Partial<Data>
  }

  set data(data: Partial<Data>) {
    this.#state.edit().data.value = adopt('data', data)
  }

  /** Keeps a value, plain JSON, under `key` until it is taken, by this request or a later one. */
  flash<Key extends keyof Flash & string>(key: Key, value: Flash[Key]): void {
    this.#state.edit().flash.value[key] = value
  }

  /** The value under `key`, which is gone then; `undefined` if there is none. */
  take<Key extends keyof Flash & string>(key: Key): Flash[Key] | undefined {
    const { value: flash } = this.#state.edit().flash
    const value = flash[key] as Flash[Key] | undefined
    delete flash[key]
    return value
  }

  /** The value under `key`, which stays; `undefined` if there is none. */
  peek<Key extends keyof Flash & string>(key: Key): Flash[Key] | undefined {
    return this.#state.look().flash.value[key] as Flash[Key] | undefined
  }

  /** The keys under which values wait, in the order they were kept; nothing is taken. */
  flashes(): (keyof Flash & string)[] {
    return Object.keys(this.#state.look().flash.value) as (keyof Flash & string)[]
  }

  /**
   * The visitor has proved to be `owner`: new token, `authenticatedAt` stamped, a new absolute lifetime.
   * An owner is set once: for another one this session ends and a new one begins, with nothing carried.
   *
   * @throws {TypeError} when `owner` is not a text of 1 to 1024 characters.
   */
  login(owner: string, options: LoginOptions<Data> = {}): void {
    const state = this.#state.edit()
    if (typeof owner !== 'string' || owner.length < 1 || owner.length > 1024) {
      throw new TypeError('login: the owner is a user id, a text of 1 to 1024 characters')
    }
    state.login(owner, options.keep, options.label)
  }

  /** A new token with the same data: for whenever what the session may do is raised or dropped. Older requests save nothing more. */
  regenerate(): void {
    this.#state.edit().regenerate()
  }

  /** Forgets everything and ends the session everywhere. What is written afterwards starts another one. */
  destroy(): void {
    this.#state.edit().destroy()
  }

  /**
   * How long this session is kept after its last use, in place of `idleTimeout`; `false`: until the browser ends.
   * Kept with the session, so renewals repeat it; never beyond `lifetime`. In a store it takes a new token.
   *
   * @throws {SessionError} `config` when it is not a duration.
   */
  remember(duration: Duration | false): void {
    const keep = duration === false ? false : milliseconds('remember', duration)
    this.#state.edit().remember(keep)
  }

  /** Stable public name: safe to log, to list and to revoke by; opens nothing. */
  get id(): string {
    return this.#state.look().id
  }

  /** No session was found, or it was ended by this request: the first write creates one. */
  get isNew(): boolean {
    return this.#state.look().found === undefined
  }

  /** Who logged in, `undefined` for an anonymous visitor. */
  get owner(): string | undefined {
    return this.#state.look().head.owner
  }

  /** Start of the absolute lifetime, creation or the last login; ms since the epoch. */
  get createdAt(): number {
    return this.#state.look().head.createdAt
  }

  /** When this session last wrote or renewed; ms since the epoch. */
  get lastSeenAt(): number {
    return this.#state.look().head.lastSeenAt
  }

  /** When it ends if nothing more happens; ms since the epoch. */
  get expiresAt(): number {
    const { head, rules } = this.#state.look()
    return endOf(rules.settings, head)
  }

  /** When it ends whatever happens; ms since the epoch. */
  get absoluteExpiresAt(): number {
    const { head, rules } = this.#state.look()
    return absoluteEnd(rules.settings, head)
  }

  /** When the owner last logged in; ms since the epoch. */
  get authenticatedAt(): number | undefined {
    return this.#state.look().head.authenticatedAt
  }

  /** How the session came to be. */
  get outcome(): Outcome {
    return this.#state.look().outcome
  }

  /**
   * Whether the owner logged in at most this long ago: for what needs a fresh password. Never so of a snapshot, which
   * may be older than a logout elsewhere: with `cache`, a page that asks calls `sessions.refresh(session)` first.
   *
   * @throws {SessionError} `config` when it is not a duration.
   */
  authenticatedWithin(duration: Duration): boolean {
    const { head, id, rules, secondHand } = this.#state.look()
    const age = milliseconds('authenticatedWithin', duration)
    const within = head.authenticatedAt !== undefined && rules.settings.now() - head.authenticatedAt <= age
    if (!within || !secondHand) return within
    this.#state.report({ type: 'snapshot-asked', id })
    return false
  }

  /** Says nothing of what the session holds. */
  toJSON(): string {
    return '[Session]'
  }
}

/** The working side of a session; for the manager alone. */
export function stateBehind(session: object): SessionState {
  return stateOf(session)
}
