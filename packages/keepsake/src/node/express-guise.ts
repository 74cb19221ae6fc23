import { hasChanges, reloadMidway, saveMidway } from '../core/midway.ts'
import type { JsonShape, Session } from '../index.ts'
import { cookieOf, optionsOf } from './express-cookie.ts'
import type { Done, ExpressSession, ExpressSessionMembers } from './express-types.ts'
import { ExpressView, refuseMembers } from './express-view.ts'
import type { Guise } from './visit.ts'

/** A session as Express people know it: what `req.session` is, and what becomes of what is assigned to it. */
export class ExpressGuise<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>> implements Guise {
  readonly #req: object
  readonly #session: Session<Data, Flash>
  readonly #members: ExpressSessionMembers
  readonly #handler: ExpressView
  #data: object | undefined
  #view: ExpressSession<Data> | undefined
  /** What `req.session` is since it was ended. */
  #ended: { readonly as: null | undefined } | undefined
  #waiting = 0
  idle: Promise<unknown> = Promise.resolve()

  constructor(req: object, session: Session<Data, Flash>) {
    this.#req = req
    this.#session = session
    this.#members = this.#makeMembers()
    this.#handler = new ExpressView(this.#members)
  }

  /** Puts itself on the request. */
  install(): void {
    const shown = { configurable: true, enumerable: true }
    Object.defineProperties(this.#req, {
      session: { ...shown, get: () => this.#look(), set: (data) => this.#replace(data) },
      sessionID: { ...shown, get: () => this.#session.id },
      sessionOptions: { ...shown, value: optionsOf(this.#members.cookie) },
    })
  }

  settle(): void {
    if (!Object.hasOwn(this.#req, 'session')) this.#end(undefined)
  }

  /** The data is another object after each new beginning, and then there is another `req.session`. */
  #look(): ExpressSession<Data> | null | undefined {
    if (this.#ended) return this.#ended.as
    const { data } = this.#session
    if (data !== this.#data) this.#view = new Proxy<object>(data, this.#handler) as ExpressSession<Data>
    this.#data = data
    return this.#view
  }

  #replace(data: unknown): void {
    if (data === null || data === undefined) {
      this.#end(data)
    } else if (data !== this.#view || data !== this.#look()) {
      refuseMembers(Object.keys(data))
      this.#session.data = data as Partial<Data>
      this.#ended = undefined
    }
  }

  #end(as: null | undefined): void {
    if (this.#ended) return
    if (this.#waiting === 0) this.#session.destroy()
    else this.#then(async () => this.#session.destroy())
    this.#ended = { as }
  }

  #makeMembers(): ExpressSessionMembers {
    const session = this.#session
    const cookie = cookieOf(session)
    const look = (): ExpressSessionMembers => this.#look() as ExpressSessionMembers
    return {
      get id() {
        return session.id
      },
      get isNew() {
        return session.isNew
      },
      get isChanged() {
        return hasChanges(session)
      },
      get isPopulated() {
        return Object.keys(session.data).length > 0
      },
      cookie,
      regenerate: (done) => this.#then(() => this.#parted(), done),
      destroy: (done) => {
        this.#end(undefined)
        return this.#then(() => saveMidway(session), done)
      },
      save: (done) => this.#then(() => saveMidway(session), done),
      reload: (done) => this.#then(() => reloadMidway(session), done),
      touch: look,
      hasOwnProperty: (key) => Object.hasOwn(session.data, key),
    }
  }

  async #parted(): Promise<void> {
    this.#session.destroy()
    await saveMidway(this.#session)
  }

  /** Does one thing after the other. Whoever neither waits nor asks hears of a failure from the response's own save. */
  #then(step: () => Promise<void>, done?: Done): Promise<void> {
    this.#waiting++
    const doing = this.idle.then(step).finally(() => this.#waiting--)
    const over = doing.catch(() => undefined)
    this.idle = over
    if (!done) return doing
    doing.then(
      () => queueMicrotask(done),
      (error) => queueMicrotask(() => done(error)),
    )
    // a handler may return it to Express 5, which would answer a failure that the callback answers
    return over
  }
}
