import type { RequestLike } from '../index.ts'

/** What is used of a request of node:http, of node:http2's compatibility layer, or of a framework on either. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly socket: object
}

/** What is used of the response. */
export interface NodeResponse {
  statusCode: number
  statusMessage: string
  readonly headersSent: boolean
  getHeader(name: string): unknown
  getHeaderNames(): string[]
  setHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): void
  emit(event: string): boolean
  on(event: string, listener: () => void): unknown
  writeHead(...args: unknown[]): unknown
  write(...args: unknown[]): boolean
  end(...args: unknown[]): unknown
  flushHeaders?(): void
  destroy(error?: Error): unknown
}

/** What comes next: the app's handlers, or with an error its error handlers. */
export type Next = (error?: unknown) => void

/** Middleware for Express 4 and 5, Connect, and whatever else calls `(req, res, next)`. */
export type NodeMiddleware = (req: NodeRequest, res: NodeResponse, next: Next) => void

/** Error middleware of Express and Connect. */
export type NodeErrorMiddleware = (error: unknown, req: NodeRequest, res: NodeResponse, next: Next) => void

/** The sessions of a manager. */
export type SessionOf<Sessions> = Sessions extends { load(request: RequestLike): Promise<infer Loaded> }
  ? Loaded
  : never

/**
 * What {@link session} adds to a request. Nothing is declared globally; an app with one manager can do so itself:
 *
 * ```ts
 * declare global {
 *   namespace Express {
 *     interface Request extends SessionRequest<typeof sessions> {}
 *   }
 * }
 * ```
 *
 * Elsewhere `Request & SessionRequest<typeof sessions>` says it.
 */
export interface SessionRequest<Sessions> {
  session: SessionOf<Sessions>
}

/** What {@link session} adds to a request with `{ lazy: true }`. */
export interface LazySessionRequest<Sessions> {
  /** Loads at the first call; the same session at every other. */
  session: () => Promise<SessionOf<Sessions>>
}
