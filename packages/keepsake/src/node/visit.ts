import type { HeaderTarget, JsonShape, RequestLike, Session, SessionError, SessionManager } from '../index.ts'
import { takeBack } from './failure.ts'
import { type Head, sentHeaders } from './head.ts'
import type { Keeper } from './hold.ts'
import type { Next, NodeResponse } from './types.ts'

/** How an app sees its session, where that is not the session itself. */
export interface Guise {
  /** The response begins: what the app has said of its session until now is carried over to it. */
  settle(): void
  /** What it was asked for is done. */
  readonly idle: Promise<unknown>
}

/** One manager's part in one request. */
export class Visit<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>> implements Keeper {
  readonly sessions: SessionManager<Data, Flash>
  guise: Guise | undefined
  readonly #request: RequestLike
  readonly #res: NodeResponse
  readonly #next: Next
  #loading: Promise<Session<Data, Flash>> | undefined
  #session: Session<Data, Flash> | undefined
  #asked = false
  #left = false

  constructor(sessions: SessionManager<Data, Flash>, request: RequestLike, res: NodeResponse, next: Next) {
    this.sessions = sessions
    this.#request = request
    this.#res = res
    this.#next = next
  }

  /** For handlers that load when they need to. */
  readonly open = (): Promise<Session<Data, Flash>> => {
    this.#asked = true
    return this.load()
  }

  load(): Promise<Session<Data, Flash>> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  /** The handler failed: what it changed does not count. */
  abandon(): void {
    if (this.#session) this.sessions.abandon(this.#session)
  }

  mustWait(): boolean {
    this.guise?.settle()
    const loading = this.#asked && this.#loading !== undefined
    if (this.#session ? this.sessions.looked(this.#session) : loading) return true
    this.#left = true
    if (this.#session) this.#close(this.#session)
    return false
  }

  async complete(head: Head): Promise<void> {
    const session = await this.load()
    await this.guise?.idle
    await this.sessions.finish(session, head)
  }

  released(head: Head): void {
    const sent = sentHeaders(this.#res)
    const lines = sent.getSetCookie()
    const session = this.#session
    // finishing again what has left reports which cookie is missing
    if (session && head.getSetCookie().some((line) => !lines.includes(line)))
      this.sessions.finish(session, sent)
  }

  dropped(error: unknown): void {
    const res = this.#res
    takeBack(res)
    const cookies = (error as Partial<SessionError> | undefined)?.cookies ?? []
    if (cookies.length > 0) res.setHeader('set-cookie', [...sentHeaders(res).getSetCookie(), ...cookies])
    this.#next(error)
  }

  async #load(): Promise<Session<Data, Flash>> {
    try {
      this.#session = await this.sessions.load(this.#request)
    } catch (error) {
      this.#loading = undefined
      throw error
    }
    if (this.#left) this.#close(this.#session)
    return this.#session
  }

  /** The response has left unseen: whoever looks now is told that it is too late. */
  #close(session: Session<Data, Flash>): void {
    this.sessions.finish(session, NOWHERE)
  }
}

const NOWHERE = (): HeaderTarget => {
  throw new TypeError('A session that was not looked at has nothing to say.')
}
