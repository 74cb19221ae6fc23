import { answer } from './core/with-session.ts'
import type { JsonShape, RequestLike, Session, SessionManager } from './index.ts'

/**
 * A request handler for `fetch` and for `routes`, whose session is loaded before it and committed after it. Whatever
 * else Bun passes comes after the session. `undefined` is for a request that became a WebSocket; see {@link upgrade}.
 *
 * If the handler throws, nothing is saved and Bun's `error` hook hears of it; a thrown `Response` is an ordinary one.
 * Only a visitor whom the handler asked to forget (`destroy()`) is forgotten all the same: what answers then is a
 * plain 500 that expires the cookie, and the error goes to `console.error`.
 *
 * ```ts
 * // Bun.serve<Data>, Data being that of WebSockets, lets the compiler know what server is.
 * Bun.serve<undefined>({ fetch: withSession(sessions, (request, session, server) => new Response(session.id)) })
 * ```
 */
export function withSession<
  Data extends JsonShape<Data>,
  Flash extends JsonShape<Flash>,
  Rest extends readonly unknown[],
  Incoming extends RequestLike = Request,
  Answer extends Response | undefined = Response,
>(
  sessions: SessionManager<Data, Flash>,
  handle: (request: Incoming, session: Session<Data, Flash>, ...rest: Rest) => Answer | Promise<Answer>,
): (request: Incoming, ...rest: Rest) => Promise<Response | Answer> {
  return async (request, ...rest) => {
    let upgraded = false
    const response = await answer(sessions, request, async (session) => {
      const given = await handle(request, session, ...rest)
      upgraded = given === undefined
      return given ?? withoutCookies(sessions, session)
    })
    return upgraded ? (undefined as Answer) : response
  }
}

/** What `upgrade` uses of Bun's server. */
export interface UpgradingServer<Incoming, SocketData> {
  upgrade(request: Incoming, options: { readonly headers: Headers; readonly data: SocketData }): boolean
}

/** As of Bun's `server.upgrade`: headers for the handshake, and the socket's `data` if it has any. */
export type UpgradeOptions<SocketData> = undefined extends SocketData
  ? [options?: Handshake & { readonly data?: SocketData }]
  : [options: Handshake & { readonly data: SocketData }]

interface Handshake {
  readonly headers?: ConstructorParameters<typeof Headers>[0]
}

/**
 * Makes a WebSocket of the request, with the session saved and its cookie on the handshake: a cookie reaches the
 * browser in no other way, and the session can't be changed afterwards but by `sessions.update`.
 *
 * @returns what the handler is to return, or `undefined` if the request asks for no WebSocket.
 *
 * ```ts
 * (await upgrade(sessions, session, server, request, { data: { id: session.id } })) ?? new Response(null, { status: 426 })
 * ```
 */
export async function upgrade<
  Data extends JsonShape<Data>,
  Flash extends JsonShape<Flash>,
  Incoming,
  SocketData,
>(
  sessions: SessionManager<Data, Flash>,
  session: Session<Data, Flash>,
  server: UpgradingServer<Incoming, SocketData>,
  request: Incoming,
  ...[options]: UpgradeOptions<NoInfer<SocketData>>
): Promise<Response | undefined> {
  const headers = new Headers(options?.headers)
  for (const cookie of await sessions.save(session)) headers.append('set-cookie', cookie)
  const data = options?.data as SocketData
  // Of a response to what is a socket now Bun sends nothing.
  return server.upgrade(request, { headers, data }) ? new Response() : undefined
}

/** The handshake has left without cookies: if there were any, the commit reports them dropped. */
async function withoutCookies<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  session: Session<Data, Flash>,
): Promise<Response> {
  await sessions.finish(session, new Headers())
  return new Response(null)
}
