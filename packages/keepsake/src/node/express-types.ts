import type { Session } from '../index.ts'
import type { SessionOf } from './types.ts'

/** Called when it is done, with the error if it failed; the promise that is returned as well rejects only without one. */
export type Done = (error?: unknown) => void

/** What {@link ExpressSession} has besides the data. No data is kept under these names. */
export interface ExpressSessionMembers {
  /** The public name of the session: safe to log; opens nothing. */
  readonly id: string
  /** How long this session is kept. */
  readonly cookie: ExpressSessionCookie
  /** No session was found for this request, and none was saved yet. */
  readonly isNew: boolean
  /** The data differs from what was found or last saved. */
  readonly isChanged: boolean
  /** There is data. */
  readonly isPopulated: boolean
  /** Ends this session and begins an empty one with a new id: `req.session` is that then. */
  regenerate(done?: Done): Promise<void>
  /** Ends this session, in the store and in the browser; `req.session` is `undefined` at once. */
  destroy(done?: Done): Promise<void>
  /** Saves now, and goes on. What is changed later is saved with the response, as ever. */
  save(done?: Done): Promise<void>
  /** Reads once more what is kept, and drops what was not saved; an error if the session has ended. */
  reload(done?: Done): Promise<void>
  /** Counts as a use, as reading does: the session is renewed, once `renewAfter` has passed. */
  touch(): this
  /** Whether there is data under this key. */
  hasOwnProperty(key: PropertyKey): boolean
}

/** How long a session is kept after its last use. What is set is as `session.remember`, and kept with the session. */
export interface ExpressSessionCookie {
  /** What is left, in milliseconds; `null`: until the browser ends. Rounded to seconds where it is set. */
  get maxAge(): number | null
  set maxAge(milliseconds: number | null | false)
  /** When it ends; `null`: with the browser. */
  get expires(): Date | null
  set expires(date: Date | null | false)
  /** The whole time, in milliseconds; `null`: until the browser ends. */
  readonly originalMaxAge: number | null
}

/** The data of a session as properties, with {@link ExpressSessionMembers} beside them. */
export type ExpressSession<Data> = ExpressSessionMembers & Omit<Partial<Data>, keyof ExpressSessionMembers>

/** `req.sessionOptions` of cookie-session, as far as it is one session's: how long it is kept. */
export interface ExpressSessionOptions {
  /** Milliseconds. Setting `undefined` leaves it. */
  get maxAge(): number | null
  set maxAge(milliseconds: number | null | false | undefined)
  /** When it ends. Setting `undefined` leaves it. */
  get expires(): Date | null
  set expires(date: Date | null | false | undefined)
}

type DataOf<Sessions> = SessionOf<Sessions> extends Session<infer Data, infer _Flash> ? Data : never

/** What `expressSession` adds to a request; declared as {@link SessionRequest} is. */
export interface ExpressSessionRequest<Sessions> {
  /** `null` ends it, an object replaces its data. Typed as if it were never unset, as in express-session's types. */
  get session(): ExpressSession<DataOf<Sessions>>
  set session(data: Partial<DataOf<Sessions>> | null | undefined)
  readonly sessionID: string
  readonly sessionOptions: ExpressSessionOptions
}
