import type { Caller, Reception } from './arrival.ts'
import { assemble } from './assembly.ts'
import { type Awaitable, isPromise } from './awaitable.ts'
import { type Capabilities, type Draft, type Opened, outcomeOf } from './backing.ts'
import { mark, refuseLoss } from './delivery.ts'
import { derived } from './derived.ts'
import type { Duration } from './duration.ts'
import { SessionError } from './errors.ts'
import type { Exclusive, ExclusiveOptions } from './exclusive.ts'
import { type Explanation, explanation } from './explain.ts'
import type { Json, JsonObject } from './json.ts'
import { KeptWith } from './kept-with.ts'
import type { RequestLike } from './loopback.ts'
import { OneOffs, type Transient } from './one-off.ts'
import type { ManagerOptions } from './options.ts'
import type { ListedSession, OwnerSessions } from './owners.ts'
import type { Found } from './record.ts'
import { remade } from './remade.ts'
import type { HeaderTarget } from './response.ts'
import { save } from './save.ts'
import { Session, stateBehind } from './session.ts'
import { type Rules, SessionState } from './session-state.ts'
import type { Settings } from './settings.ts'
import type { JsonShape, JsonValueOf } from './types.ts'

/** One page of `list`. */
export interface ListOptions {
  /** At most this many. @default 100 */
  readonly limit?: number
  /** The id of the last session on the page before. */
  readonly after?: string
}

/** Loads, saves and ends the sessions of one app, on `Request` and `Response`. */
export class SessionManager<
  Data extends JsonShape<Data> = Record<string, unknown>,
  Flash extends JsonShape<Flash> = Record<string, string>,
> {
  /** What this manager can promise, by its store and options; an app can assert on it. */
  readonly capabilities: Capabilities
  readonly #settings: Settings
  readonly #rules: Rules
  readonly #reception: Reception
  readonly #owners: OwnerSessions | undefined
  readonly #exclusive: Exclusive | undefined
  readonly #oneOffs: OneOffs
  readonly #sessions = new KeptWith<Promise<Session<Data, Flash>>>()

  /** @throws {SessionError} `config` when an option is missing, unsafe or contradicts another; the message names the remedy. */
  constructor(options: ManagerOptions<Data>) {
    const parts = assemble(options)
    this.capabilities = parts.rules.backing.capabilities
    this.#settings = parts.rules.settings
    this.#rules = parts.rules
    this.#reception = parts.reception
    this.#owners = parts.owners
    this.#exclusive = parts.exclusive
    this.#oneOffs = new OneOffs(this.#settings)
  }

  /**
   * The session of a request; the same one for the same request until it is committed.
   * Never throws for what a client sent.
   *
   * @throws {SessionError} `store_unavailable` when the store is down, unless `onStoreError` says otherwise.
   */
  load(request: RequestLike): Promise<Session<Data, Flash>> {
    return this.#sessions.get(request) ?? this.#begin(request)
  }

  /**
   * Saves what has changed, and returns the Set-Cookie values to send; none if nothing is to be told.
   * A second call returns the same and does no I/O. After a rejection the session can still be changed and saved.
   *
   * @throws {SessionError} `invalid_data`, `too_large`, `superseded`, `conflict` or `store_unavailable`.
   */
  save(session: Session<Data, Flash>): Promise<string[]> {
    const state = stateBehind(session)
    return this.#lines(state).then((lines) => {
      state.over = true
      return lines.length === 0 ? [] : [...state.arrival.carriage.cookies(lines)]
    })
  }

  /**
   * Saves the session, and returns the response with its cookies and cache headers on it. The response given is
   * not changed; an untouched session returns the very same.
   *
   * @throws {SessionError} as `save`; and `response`, before anything is saved, if the response can't take cookies.
   */
  async commit(session: Session<Data, Flash>, response: Response): Promise<Response> {
    const state = stateBehind(session)
    if (!state.looked) return this.#untouched(state, response)
    const answer = remade(response)
    if (!answer) refuseLoss(state)
    const lines = answer ? await this.#lines(state) : []
    this.#end(state)
    if (!answer || (response.status === 101 && lines.length === 0)) return response
    mark(state, answer.headers, lines)
    return answer.response()
  }

  /**
   * What doors do in place of `commit`: saves, and puts cookies and cache headers on a response of the framework's
   * own. Headers given as a function are asked for only if there is something to put on them.
   */
  async finish(session: Session<Data, Flash>, headers: HeaderTarget | (() => HeaderTarget)): Promise<void> {
    const state = stateBehind(session)
    if (!state.looked) {
      this.#leave(state)
      return
    }
    const lines = await this.#lines(state)
    this.#end(state)
    mark(state, typeof headers === 'function' ? headers() : headers, lines)
  }

  /** For doors that must know before they save: was the session looked at? If not, its response owes it nothing and need not wait. */
  looked(session: Session<Data, Flash>): boolean {
    return stateBehind(session).looked
  }

  /**
   * What doors do when a handler threw: its changes are dropped, but a `destroy()` it asked for is still carried out
   * by the next `save`, `commit` or `finish`.
   */
  abandon(session: Session<Data, Flash>): void {
    stateBehind(session).abandon()
  }

  /**
   * Loads, handles, commits. Nested runs of one request share the session; the outermost commits.
   * A thrown `Response` counts as an ordinary one. For any other throw nothing is saved, but a `destroy()` that was
   * asked for is carried out; `load` and `commit` then put its cookie on the response that reports the error.
   */
  async run(
    request: RequestLike,
    handle: (session: Session<Data, Flash>) => Response | Promise<Response>,
  ): Promise<Response> {
    const session = await this.load(request)
    const state = stateBehind(session)
    if (state.entered) return handle(session)
    state.entered = true
    try {
      const response = await this.#handled(session, handle)
      return state.looked ? await this.commit(session, response) : this.#untouched(state, response)
    } finally {
      state.entered = false
    }
  }

  /**
   * Changes `data` on top of what the store holds at that moment, again if another request was first, until it is
   * written. Works after the commit too, in a socket for example. Of a new session, or one sealed in the cookie,
   * it changes what this request will save.
   *
   * @throws {SessionError} `superseded` when the session was ended or got a new token elsewhere; and as `save`.
   * @throws {TypeError} when `change` is asynchronous: it could not be run again, nor its late changes kept.
   */
  async update(session: Session<Data, Flash>, change: (data: Partial<Data>) => void): Promise<void> {
    const state = stateBehind(session)
    if (!state.saved) state.look()
    const { backing } = this.#rules
    const { found } = state
    const apply = (data: JsonObject): void => {
      if (isPromise(change(data as Partial<Data>))) {
        throw new TypeError('update: the change must be done when it returns; wait for what it needs before.')
      }
    }
    if (!found?.seat || !backing.update) return apply(state.edit().data.value)
    const draft = (base: Found): Awaitable<Draft> => state.updated(base, apply)
    const kept = await backing.update(state.arrival, found, { reissue: false, draft })
    state.rebase(kept.found)
  }

  /**
   * Bytes that belong to this session and purpose alone, 32 for each of the secrets: give out what the first makes, and
   * accept all. They stay the same until `login`, `regenerate` or `destroy`, whatever rotates; the session's id tells
   * nothing of them. A session that was not kept yet is from now on, though it be empty. `keepsake/csrf` makes its tokens of them.
   *
   * @throws {SessionError} `too_late` when it would have to be kept, and its response has left.
   * @throws {RangeError} when the purpose has more than 200 parts, or one of more than 65,535 bytes.
   */
  async derive(session: Session<Data, Flash>, ...purpose: readonly string[]): Promise<readonly Uint8Array[]> {
    const { id, epoch } = stateBehind(session).anchor()
    return derived(this.#settings, id, epoch, purpose)
  }

  /**
   * Asks the store, where a snapshot answered in its place (`cache`); what this request has changed stays on top. The
   * session is empty afterwards if it has been ended. Otherwise nothing happens.
   *
   * @throws {SessionError} `store_unavailable`; `too_late` after the commit.
   */
  async refresh(session: Session<Data, Flash>): Promise<void> {
    const state = stateBehind(session).edit()
    if (state.found?.standIn) state.refresh(await state.caller.return())
  }

  /**
   * Runs `fn` for one caller of this session and `key` at a time, on whatever server, and gives its result to all who
   * came before its end: a token that 50 parallel requests must have refreshed is refreshed once. What `fn` obtains it
   * writes by `update`, so that requests which come later find it. If it throws, one of those who wait runs anew.
   *
   * @param key up to 1024 characters; runs of different keys, or sessions, know nothing of each other
   * @param fn its result is plain JSON. For a session that is not in the store yet it runs at once.
   * @throws {SessionError} `not_supported` without a store of strong consistency; `superseded` when the session was ended or
   * got a new token elsewhere; `invalid_data` for a result that JSON can't carry; `store_unavailable`; and what `fn` throws.
   */
  async exclusive<Result>(
    session: Session<Data, Flash>,
    key: string,
    fn: () => Awaitable<Result & JsonValueOf<Result>>,
    options: ExclusiveOptions = {},
  ): Promise<Result> {
    const state = stateBehind(session)
    if (!state.saved) state.look()
    if (typeof key !== 'string' || key.length > 1024) {
      throw new TypeError('exclusive: the key is a text of up to 1024 characters')
    }
    const { found, arrival } = state
    if (this.#exclusive) return found ? this.#exclusive.run(arrival, found, key, fn, options) : fn()
    throw new SessionError(
      'not_supported',
      'exclusive needs a store with strong consistency; see capabilities.compareAndSet.',
    )
  }

  /**
   * The live sessions of an owner, in the order of their ids, a page at a time.
   *
   * @throws {SessionError} `not_supported` without a listing store; `store_unavailable`.
   * @throws {TypeError} when `limit` is not a whole number from 1.
   */
  async list(owner: string, { limit = 100, after }: ListOptions = {}): Promise<ListedSession[]> {
    if (!(Number.isSafeInteger(limit) && limit > 0)) {
      throw new TypeError(`list: limit is a whole number from 1, not ${limit}`)
    }
    return this.#owning('listable', 'list').list(owner, limit, after)
  }

  /**
   * Ends one session of this owner; `false` if there is none of that id. Of sealed sessions (`revocation`) nobody knows
   * which there are: `true` unless it was ended before.
   *
   * @throws {SessionError} `not_supported` without a store or `revocation`; `store_unavailable`.
   */
  async revoke(id: string, { owner }: { readonly owner: string }): Promise<boolean> {
    if (!this.#owners) throw unsupported('revoke')
    return this.#owners.revoke(id, owner)
  }

  /**
   * Ends all sessions of an owner, those included whose login is under way, but for the id `except`; says how many it found,
   * which of sealed sessions (`revocation`) is 0, as nobody knows which there are.
   * A request that logs in itself spares its own, or its login would be ended, too: `{ except: session.id }`.
   *
   * @throws {SessionError} `not_supported` without a listing store or `revocation`; `store_unavailable`; `conflict` after many calls at once.
   */
  async revokeAll(owner: string, { except }: { readonly except?: string } = {}): Promise<number> {
    return this.#owning('endsAll', 'revokeAll').revokeAll(owner, except)
  }

  /**
   * A one-off token: `value`, encrypted, for this purpose alone, for at most `ttl`. It never opens as a session.
   * It is not used up: whoever holds it can show it again until it ends.
   *
   * @throws {SessionError} `not_supported` without secrets; `invalid_data` for what JSON can't carry; `too_large` over
   * 4096 characters; `config` when `ttl` is no duration.
   */
  async seal(purpose: string, value: Json, { ttl }: { readonly ttl: Duration }): Promise<string> {
    return this.#oneOffs.seal(`token:${purpose}`, value, ttl)
  }

  /** The value of a one-off token; `undefined` if it is not ours, altered, expired or made for another purpose. */
  async unseal(purpose: string, token: string): Promise<Json | undefined> {
    return this.#oneOffs.unseal(`token:${purpose}`, token)
  }

  /**
   * A short `SameSite=None` cookie of its own, for what must come back with a cross-site POST: the state of a login
   * at a provider that answers by `form_post`. The session's cookie stays Lax.
   *
   * @param purpose up to 32 lower-case letters, digits and dashes; the cookie is `__Host-Http-<purpose>`
   * @param options `ttl`: how long it is kept. @default '10m'
   * @throws {TypeError} for another purpose. Using it without secrets is a SessionError `not_supported`.
   */
  transient<Value extends Json>(
    purpose: string,
    { ttl = '10m' }: { readonly ttl?: Duration } = {},
  ): Transient<Value> {
    return this.#oneOffs.transient(purpose, ttl)
  }

  /** Why is this session empty? What the request's cookies come to, in a sentence, with the remedy. Changes nothing. */
  async explain(request: RequestLike): Promise<Explanation> {
    const { opened, event } = await this.#reception.receive(request).open('anonymous')
    return explanation(outcomeOf(opened), event)
  }

  #begin(request: RequestLike): Promise<Session<Data, Flash>> {
    try {
      const caller = this.#reception.receive(request)
      const opening = this.#reception.isEarly(caller) ? caller.arrive() : undefined
      if (!isPromise(opening)) return this.#known(request, Promise.resolve(this.#session(caller, opening)))
      const loading = opening.then((opened) => this.#session(caller, opened))
      loading.catch(() => this.#sessions.delete(request))
      return this.#known(request, loading)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #known(request: RequestLike, loading: Promise<Session<Data, Flash>>): Promise<Session<Data, Flash>> {
    this.#sessions.set(request, loading)
    return loading
  }

  #session(caller: Caller, opened?: Opened): Session<Data, Flash> {
    return new Session<Data, Flash>(new SessionState(caller, this.#rules, opened))
  }

  /** What the client is to be told, once the session is saved. */
  #lines(state: SessionState): Promise<readonly string[]> {
    state.saving ??= state.looked ? this.#save(state) : state.pass()
    return state.saving
  }

  #untouched(state: SessionState, response: Response): Response {
    this.#leave(state)
    return response
  }

  /** Nobody has looked: there is nothing to wait for, and nothing to tell. */
  #leave(state: SessionState): void {
    this.#lines(state)
    this.#end(state)
  }

  #end(state: SessionState): void {
    state.over = true
    this.#sessions.delete(state.caller.request)
  }

  async #save(state: SessionState): Promise<string[]> {
    try {
      if (state.midway) await state.midway
      const lines = await save(state)
      state.close()
      return lines
    } catch (error) {
      // what fails at once does so before `saving` is set
      await undefined
      state.saving = undefined
      throw error
    }
  }

  async #handled(
    session: Session<Data, Flash>,
    handle: (session: Session<Data, Flash>) => Response | Promise<Response>,
  ): Promise<Response> {
    const state = stateBehind(session)
    try {
      const response = await handle(session)
      if (state.saving && !state.over) this.#settings.emit({ type: 'not-awaited', id: state.id })
      return response
    } catch (thrown) {
      if (thrown instanceof Response) return thrown
      state.abandon()
      // a logout that fails here was reported by its event; the handler's error comes first
      await this.save(session).catch(() => undefined)
      throw thrown
    }
  }

  #owning(ability: 'listable' | 'endsAll', method: string): OwnerSessions {
    if (this.#owners?.[ability]) return this.#owners
    throw unsupported(method)
  }

  /** Says nothing of secrets. */
  toJSON(): string {
    return '[SessionManager]'
  }
}

function unsupported(method: string): SessionError {
  return new SessionError(
    'not_supported',
    `${method} needs a store that lists by owner${method === 'list' ? '' : ', or revocation'}; see capabilities.`,
  )
}
