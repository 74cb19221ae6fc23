/** A record as a {@link SessionStub} keeps it. */
export interface ObjectRecord {
  readonly value: string
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly expires: number
  readonly owner?: string | undefined
}

/** An owner's entry for a session. */
export interface OwnedEntry {
  readonly id: string
  /** Until then a record may still be on its way, so that the entry stays although there is none. */
  readonly until: number
  /** New each time the entry is written. */
  readonly mark: string
}

/**
 * The calls of a `SessionObject`, which is either one session or the index of one owner.
 * `now` is the caller's time: milliseconds since the epoch.
 */
export interface SessionStub {
  /** The record, if it lives. */
  read(now: number): Promise<ObjectRecord | null>
  /** Keeps the record unless one lives. */
  create(record: ObjectRecord, now: number): Promise<boolean>
  /**
   * Replaces the live record of version `record.version - 1`. Where that changes the owner, only if `owned`:
   * else it answers `unowned`, and the owner's entry has to be written first.
   */
  update(record: ObjectRecord, owned: boolean, now: number): Promise<'updated' | 'unowned' | 'refused'>
  /** Sets the expiry of the live record of this version. */
  touch(expires: number, version: number, now: number): Promise<boolean>
  /** Forgets the record and says whose it was. */
  remove(): Promise<string | null>
  /** Writes the entry of a session, and answers two others that may be out of date. */
  own(id: string, until: number, now: number): Promise<OwnedEntry[]>
  /** The entries after an id, in ascending order. */
  owned(after: string, limit: number): Promise<OwnedEntry[]>
  /** Removes entries, those that were written anew excepted. */
  disown(entries: readonly { readonly id: string; readonly mark?: string }[]): Promise<void>
}
