import type { CookieRead } from './cookie-header.ts'
import type { SessionEvent } from './events.ts'
import type { RequestLike } from './loopback.ts'
import type { HeaderTarget } from './response.ts'

/** How tokens and seals get from a client to us and back. The cookie is built in; `keepsake/transport` has others. */
export interface Carrier {
  /** It asks the app how to carry each request, and does so at once. */
  readonly varies?: boolean
  receive(request: RequestLike): Carriage
}

/** What the client holds beside a token. */
export interface Beside {
  /** What came; at most four. */
  readonly values: readonly string[]
  /** Tells the client to hold `value` for so many seconds; without one, to hold nothing. */
  keep(value: string | undefined, maxAge: number | undefined): string[]
}

/** The way of one request, there and back. What it tells the client are lines: each the value of a header. */
export interface Carriage {
  /** What is written for this request is bound to this name, and opens under no other. */
  readonly name: string
  /** What came, and the name it is bound to: the present one, or a former one. */
  readonly came: CookieRead & { readonly name: string }
  /** Something came under the present name. */
  readonly presented: boolean
  /** Nobody else can have planted what came. */
  readonly hostBound: boolean
  /** Ids that a logout has ended, newest first. */
  readonly endedIds: readonly string[]
  /** A second value, where the client can hold one; it goes when the first does. */
  readonly beside?: Beside
  /** The request header that carries it, for `Vary`. */
  readonly header: string
  /** Why nothing of ours came, where the request shows it. */
  absence(): SessionEvent | undefined
  /**
   * Tells the client to hold `value` from now on.
   *
   * @param maxAge for so many seconds; absent: as long as the browser runs
   * @param endedId a session that must not come back by a late answer
   * @throws {SessionError} `too_large`
   */
  keep(value: string, maxAge: number | undefined, endedId: string | undefined): string[]
  /** Tells the client to hold nothing any more. `had`: it held something, under whatever name. */
  forget(had: boolean, endedId: string | undefined): string[]
  /** Goes with a change that leaves the client what it has. */
  unchanged(): string[]
  /** What lines of an earlier save of this request and those of a later one come to. */
  joined(former: readonly string[], later: readonly string[]): string[]
  /** Puts lines on a response, in place of earlier ones. */
  put(headers: HeaderTarget, lines: readonly string[]): void
  /** Which of the lines are Set-Cookie values: all, or none. */
  cookies(lines: readonly string[]): readonly string[]
}
