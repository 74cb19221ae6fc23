/** How a session came to be as it is. */
export type Outcome =
  /** The request carried no session cookie. */
  | 'none'
  /** The session opened. */
  | 'loaded'
  /** The session of another library opened, and was taken over. */
  | 'accepted'
  /** Not used for longer than its idle limit. */
  | 'expired-idle'
  /** Older than the absolute limit. */
  | 'expired-absolute'
  /** A genuine cookie, but the store has no such record. */
  | 'unknown'
  /** The same, minutes-fresh on an eventually consistent store. */
  | 'not-yet-visible'
  /** Ended by a logout. */
  | 'revoked'
  /** A cookie from before the last login or regenerate, or of another library's session that was taken over. */
  | 'superseded'
  /** A cookie that rotation retired was shown again: it was copied, or a response came very late. */
  | 'reused'
  /** Made with a key that is not among `secrets`. */
  | 'unknown-key'
  /** Altered, or made for another cookie, app or audience. */
  | 'tampered'
  /** Not one of our cookies at all. */
  | 'malformed'
  /** Another client brought it than the one it was made for (`bind`). */
  | 'bound-elsewhere'
  /** Two different genuine sessions in one request; none was chosen. */
  | 'duplicate'
  /** The data no longer fits `schema`, or `migrate` could not bring it up to `version`. */
  | 'schema'
  /** The store did not answer (`onStoreError: 'anonymous'`). */
  | 'store-error'
  /** The store did not answer; a snapshot did, and can only be read (`onStoreError: 'stale'`). */
  | 'stale'

/** Numbers that go with an outcome; never anything secret. */
export interface Facts {
  /** The session's public id. */
  readonly id?: string
  /** Start of its absolute lifetime, ms since the epoch. */
  readonly createdAt?: number
  /** When it last wrote or renewed, ms since the epoch. */
  readonly lastSeenAt?: number
  /** When the limit ended it, ms since the epoch. */
  readonly endedAt?: number
  /** Id of the key it was made with, as eight hexadecimal digits. */
  readonly keyId?: string
  /** Ids of the keys that are loaded, where that one is not among them. */
  readonly keyIds?: readonly string[]
  /** When the token was issued, ms since the epoch. */
  readonly issuedAt?: number
  /** The cookie of another library that it came in. */
  readonly from?: string
  /** It is newer than it can be: than the record, because the store lost writes, or than the clock. */
  readonly ahead?: boolean
}
