import type { Facts, Outcome } from './outcome.ts'

/** A cookie came, and no session of it. */
export interface RefusedEvent extends Facts {
  /** The session's outcome. */
  readonly type: Exclude<Outcome, 'none' | 'loaded' | 'accepted' | 'store-error' | 'stale' | 'duplicate'>
}

/** Two different genuine sessions in one request, or junk beside a genuine one. */
export interface DuplicateEvent {
  readonly type: 'duplicate' | 'duplicate-ignored'
  /** Name of the cookie. */
  readonly name: string
  /** How many values came under it. */
  readonly count: number
  /** The session that was used, for `duplicate-ignored`. */
  readonly id?: string
}

/** A cookie of another library came, for a reader in `accept`. */
export interface AcceptEvent {
  /** `accepted`: it opened and is taken over; `not-accepted`: no reader could open it. */
  readonly type: 'accepted' | 'not-accepted'
  /** Name of that cookie. */
  readonly from: string
  /** The session from now on, for `accepted`. */
  readonly id?: string
}

/** No cookie came, and the request shows why. */
export interface AbsentEvent {
  readonly type:
    | 'insecure-request'
    | 'no-cookie-cross-origin'
    | 'samesite-blocked'
    | 'other-name'
    | 'oversized-header'
  /** The request's method. */
  readonly method: string
  /** The Origin of the request, or the Host header for `insecure-request`. */
  readonly from: string | null
  /** SameSite of the cookie we looked for. */
  readonly sameSite: 'lax' | 'strict' | 'none'
  /** Name of the cookie we looked for. */
  readonly name: string
  /** The cookie that was there instead. */
  readonly other?: string
  /** Characters of the Cookie header, for `oversized-header`. */
  readonly size?: number
  /** Cookies in it, for `oversized-header`. */
  readonly count?: number
}

/** A change that was not kept, or not as it was made; the error, if one was thrown, is `cause`. */
export interface SaveEvent {
  readonly type: 'too-large' | 'invalid-data' | 'too-late' | 'superseded'
  readonly id?: string
  /** The error's message: paths, sizes and keys, never a value. */
  readonly reason: string
}

/** Another request wrote at the same time. */
export interface ConflictEvent {
  readonly type: 'conflict'
  readonly id: string
  /** Keys of the others that were kept beside ours. */
  readonly merged: readonly string[]
  /** Keys that both changed. */
  readonly contested: readonly string[]
  /** Why nothing was saved; absent where it was. */
  readonly reason?: string
}

/** The store failed or was too slow. */
export interface StoreEvent {
  readonly type: 'store-error'
  /** The error's message. */
  readonly reason: string
  /** The session that is shown all the same, as it was: its outcome is `stale`. */
  readonly id?: string
}

/** What `cache` could not do. */
export interface SnapshotEvent {
  /** The session is too large for a snapshot; or `authenticatedWithin` was asked of one, and said no. */
  readonly type: 'snapshot-too-large' | 'snapshot-asked'
  readonly id: string
}

/** How the app uses the library. */
export interface SetupEvent {
  readonly type: 'cookie-dropped' | 'not-awaited' | 'public-response' | 'memory-store'
  readonly id?: string
}

/** A request to a loopback address turned out to come from elsewhere. */
export interface ProxyEvent {
  readonly type: 'behind-proxy'
  /** The header that shows it. */
  readonly header: string
  /** The Host header. */
  readonly host: string | null
}

/** Everything a manager reports through `onEvent`. No secret, token, seal or value of the data is in it. */
export type SessionEvent =
  | RefusedEvent
  | DuplicateEvent
  | AcceptEvent
  | AbsentEvent
  | SaveEvent
  | ConflictEvent
  | StoreEvent
  | SnapshotEvent
  | SetupEvent
  | ProxyEvent
