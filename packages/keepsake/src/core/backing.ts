import type { Awaitable } from './awaitable.ts'
import type { Facts, Outcome } from './outcome.ts'
import type { Found, Head } from './record.ts'

/** What a manager can promise; known at construction, so that an app can assert on it. */
export interface Capabilities {
  /** A session can be ended before its time, from anywhere. */
  readonly revocable: boolean
  /** An older copy of a session's cookie can't bring its older data back. */
  readonly rollbackProtected: boolean
  /** Concurrent changes are merged, none is lost. */
  readonly compareAndSet: boolean
  /** `list` and `revokeAll` work. */
  readonly listable: boolean
  /** A revocation is seen by the very next request, everywhere. */
  readonly immediate: boolean
}

/** One cookie value, opened: a session, or why it is none. */
export type Opened =
  | { readonly found: Found; readonly taking?: Taking }
  | {
      readonly found?: undefined
      readonly outcome: Outcome
      readonly facts: Facts
      readonly remains?: Found
      readonly taking?: Taking
      /** A parallel request has just taken the session over: writing would replace its cookie by another. */
      readonly late?: boolean
    }

/** How a session came to be that was opened so. */
export function outcomeOf(opened: Opened): Outcome {
  if (!opened.found) return opened.outcome
  if (opened.found.standIn?.outage !== undefined) return 'stale'
  return opened.taking?.from === undefined ? 'loaded' : 'accepted'
}

/** Moves a session in that is not kept here yet. */
export interface Taking {
  /** Opening it is itself a change; otherwise it moves in with its first write. */
  readonly atOnce: boolean
  /**
   * Keeps it, as this change wants it; `undefined` if another request has taken it over.
   *
   * @param changed the request wants more than that
   */
  take(visit: Visit, found: Found, change: Change, changed: boolean): Promise<Kept | undefined>
  /** Ends it, and what another request has made of it. */
  end(): Awaitable<void>
  /** The cookie it came in, for events; none if it was ours. */
  readonly from?: string
}

/** One request, as far as backings care. */
export interface Visit {
  /** When its session was loaded, ms since the epoch. */
  readonly startedAt: number
  /** Name of the cookie we write. */
  readonly name: string
  /** It only asks: GET or HEAD. */
  readonly reads: boolean
  /** The snapshots that came with it; `undefined` where the client can hold none. */
  readonly snapshots: readonly string[] | undefined
}

/** What a session is to become. */
export interface Draft {
  readonly id: string
  readonly head: Head
  /** JSON texts. */
  readonly data: string
  readonly flash: string
  /** The epoch that this request has told of already; a backing with epochs keeps it. */
  readonly epoch?: string
  /** The owner proved who they are during this request. */
  readonly login: boolean
}

/** What was kept, and the cookie value that the client is to hold from now on, if it changes. */
export interface Kept {
  readonly found: Found
  readonly value?: string
  /** When the client may forget that value, ms since the epoch. */
  readonly until?: number
  /** What the client is to hold beside it; `null` if it must forget what it holds. */
  readonly snapshot?: { readonly value: string; readonly until: number } | null
}

/** How a session changes on its way into a backing. */
export interface Change {
  /** A new token, a new generation: nothing older may save. */
  readonly reissue: boolean
  /** It is not done if another request wrote the same: a count, for example. */
  readonly counted?: boolean
  /** The draft for this base: the first one, or what others wrote meanwhile. May reject with `conflict`. */
  draft(base: Found): Awaitable<Draft>
  /** The draft for a session of its own, if the base is gone; absent where that is an error. */
  readonly fresh?: () => Awaitable<Draft>
}

/** Where a manager keeps records. Two of one shape; the manager never asks which. */
export interface Backing {
  readonly capabilities: Capabilities
  /** A session takes a new id at login and regenerate. */
  readonly renames: boolean
  /** Records carry an epoch, new at every login and regenerate; elsewhere the id is. */
  readonly epochs: boolean
  /** Opens without waiting, so that it can be left until the first look. */
  readonly lazy: boolean
  /** The cookie is set once, to the absolute limit: to change how long the browser keeps it takes a new token. */
  readonly setsCookieOnce: boolean
  /** Whether the client's copy outlives a logout unless it is told which id has ended. */
  readonly leavesCopies: boolean
  /** The client holds a snapshot of the record beside its token. */
  readonly sendsSnapshots: boolean
  /** @param name of the cookie that the value came under: ours, or a former one */
  open(visit: Visit, name: string, value: string): Awaitable<Opened>
  /** Is something to be renewed although nothing changed? */
  due(visit: Visit, found: Found, now: number): boolean
  create(visit: Visit, draft: Draft): Awaitable<Kept>
  change(visit: Visit, found: Found, change: Change): Awaitable<Kept>
  /** Renews what is due. Never creates, never changes data, never fails a request. */
  renew(visit: Visit, found: Found): Awaitable<Kept>
  remove(found: Found): Awaitable<void>
  /** What others made of the session meanwhile; `undefined` if it isn't the client's to change any more. */
  reload(found: Found): Promise<Found | undefined>
  /** Atomic read-modify-write; `undefined` where there is nothing to be atomic against. */
  readonly update?: (visit: Visit, found: Found, change: Change) => Awaitable<Kept>
}
