/** A value, or a promise of it. */
type MaybePromise<T> = T | Promise<T>

/** A record as a store keeps it. */
export interface Stored {
  /** The encoded record; opaque to the store, any Unicode text, lone surrogates included. */
  readonly value: string
  /** 1 when created, one more with every `update`. */
  readonly version: number
  /** From this moment on the record is gone. */
  readonly expires: Date
}

/** A record together with its id, as `list` returns it. */
export interface Listed extends Stored {
  readonly id: string
}

/**
 * Keeps records on the server. A store has no policy: it knows nothing of cookies, tokens or users.
 *
 * Unknown and expired ids are not errors: `get` answers `null`, `update` and `touch` answer `false`.
 * A throw or rejection means that the store is down; the manager turns it into `store_unavailable`. A `create` or
 * `update` that throws is looked up once and counts if it is there; one that throws a SessionError has failed for good:
 * `store_unavailable` is for a write that is there and may be lost yet.
 */
export interface Store {
  /**
   * `strong`: a read sees every write that was acknowledged before it, and `update` compares and sets.
   * `eventual`: neither is promised; the manager then gives a session a new id at login.
   */
  readonly consistency: 'strong' | 'eventual'
  /** Records end with the process; a manager in production reports it. */
  readonly volatile?: boolean
  /**
   * The largest value it keeps, in bytes of UTF-8; one byte more makes `create` and `update` reject with a SessionError
   * `too_large`. Absent where nobody knows.
   */
  readonly maxValue?: number
  /** The record, or `null` if there is none or it has expired. */
  get(id: string): MaybePromise<Stored | null>
  /** Adds a record with version 1; `false` if a live one with this id exists. */
  create(id: string, value: string, expires: Date, owner?: string): MaybePromise<boolean>
  /**
   * Replaces value, expiry and owner, only if the live record has this version, which becomes one more; else `false`.
   * `owner` is the owner from now on; absent means none.
   */
  update(id: string, value: string, expires: Date, version: number, owner?: string): MaybePromise<boolean>
  /** Sets the expiry, only if the live record has this version; never creates, never changes value, owner or version. */
  touch(id: string, expires: Date, version: number): MaybePromise<boolean>
  /** Removes the record; an unknown id is fine. */
  delete(id: string): MaybePromise<void>
  /** Live records of an owner in ascending order of id, at most `limit`, those after the id `after`. Indexed, never a scan. */
  list?(owner: string, limit: number, after?: string): MaybePromise<Listed[]>
  /** Removes at most `limit` expired records and says how many; for engines without an expiry of their own. */
  sweep?(limit: number): MaybePromise<number>
}
