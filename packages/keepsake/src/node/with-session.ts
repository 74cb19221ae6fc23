import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonShape, Session, SessionManager } from '../index.ts'
import type { ConnectionOptions } from './connection.ts'
import { takeBack } from './failure.ts'
import { session as mount } from './session.ts'
import type { NodeRequest, NodeResponse, SessionRequest } from './types.ts'

/** Answers in place of a handler that failed, or of a response that was not sent because its save failed. */
export type AnswerError<Req, Res> = (error: unknown, req: Req, res: Res) => void

/** Options of {@link withSession}. */
export interface WithSessionOptions<Req, Res> extends ConnectionOptions {
  /** Answers what failed. @default writes the error to `console.error` and answers a plain 500 */
  readonly onError?: AnswerError<Req, Res>
}

/**
 * A listener for `createServer` of node:http, whose session is loaded before it and saved before its response leaves.
 *
 * ```ts
 * createServer(withSession(sessions, (req, res, session) => {
 *   session.data.visits = (session.data.visits ?? 0) + 1
 *   res.end(`Visit ${session.data.visits}`)
 * })).listen(3000)
 * ```
 *
 * A handler that throws or rejects changes nothing, but for a `destroy()`.
 *
 * @throws {SessionError} `config` for options that are not known; it names the remedy.
 */
export function withSession<
  Data extends JsonShape<Data>,
  Flash extends JsonShape<Flash>,
  Req extends NodeRequest = IncomingMessage,
  Res extends NodeResponse = ServerResponse,
>(
  sessions: SessionManager<Data, Flash>,
  handle: (req: Req, res: Res, session: Session<Data, Flash>) => unknown,
  { onError = answerPlainly, ...connection }: WithSessionOptions<Req, Res> = {},
): (req: Req, res: Res) => void {
  const open = mount(sessions, connection)
  return (req, res) => {
    const fail = (error: unknown): void => mount.errors(error, req, res, () => onError(error, req, res))
    const run = async (): Promise<unknown> =>
      handle(req, res, (req as Req & SessionRequest<typeof sessions>).session)
    open(req, res, (error) => {
      if (error === undefined) run().catch(fail)
      else fail(error)
    })
  }
}

function answerPlainly(
  error: unknown,
  _req: unknown,
  res: NodeResponse & { readonly writableEnded?: boolean },
): void {
  // biome-ignore lint/suspicious/noConsole: nobody else would hear of it
  console.error(error)
  if (res.writableEnded) return
  if (res.headersSent) return void res.destroy()
  takeBack(res)
  res.setHeader('content-type', 'text/plain; charset=utf-8')
  res.end('Internal Server Error')
}
