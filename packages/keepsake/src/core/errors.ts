/** What went wrong, for code that must react to it. */
export type SessionErrorCode =
  /** A setting is missing, unsafe or contradicts another; thrown at construction. */
  | 'config'
  /** A value in `data` or `flash` is not plain JSON; `path` says where. */
  | 'invalid_data'
  /** The cookie would exceed what browsers keep. */
  | 'too_large'
  /** The session was used or changed after it was committed. */
  | 'too_late'
  /** A login, regenerate, logout or revocation elsewhere came first; nothing was saved. */
  | 'superseded'
  /** Another request's changes could not be reconciled with this one's. */
  | 'conflict'
  /** The store did not answer, or not in time. */
  | 'store_unavailable'
  /** This backing can't do what was asked. */
  | 'not_supported'
  /** No Set-Cookie can be put on this response. */
  | 'response'

/** Facts that go with a {@link SessionError}. None of them is ever a secret, token or seal. */
export interface SessionErrorDetails {
  /** What caused it, for example the store client's error. */
  readonly cause?: unknown
  /** Where in the data, for `invalid_data`. */
  readonly path?: string
  /** Bytes needed, for `too_large`. */
  readonly size?: number
  /** Bytes allowed, for `too_large`. */
  readonly limit?: number
  /** Set-Cookie values to send although the save failed: after a `destroy` the browser's cookie still goes. */
  readonly cookies?: readonly string[]
}

/** Whether the store did not answer. */
export function isOutage(error: unknown): error is SessionError {
  return error instanceof SessionError && error.code === 'store_unavailable'
}

/** The one error class of the library; `code` says what happened, the message names the remedy. */
export class SessionError extends Error {
  override readonly name: string = 'SessionError'
  /** What happened; the one part of an error to branch on. */
  readonly code: SessionErrorCode
  /** Where in the data, for `invalid_data`: `data.cart[2].when`. */
  readonly path?: string
  /** Bytes needed, for `too_large`. */
  readonly size?: number
  /** Bytes allowed, for `too_large`. */
  readonly limit?: number
  /** Set-Cookie values to send with the answer that reports it; mostly none. */
  readonly cookies: readonly string[]

  constructor(code: SessionErrorCode, message: string, details: SessionErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    if (details.path !== undefined) this.path = details.path
    if (details.size !== undefined) this.size = details.size
    if (details.limit !== undefined) this.limit = details.limit
    this.cookies = details.cookies ?? []
  }
}
