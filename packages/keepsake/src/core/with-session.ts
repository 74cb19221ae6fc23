import { SessionError } from './errors.ts'
import type { RequestLike } from './loopback.ts'
import type { SessionManager } from './manager.ts'
import type { Session } from './session.ts'
import type { JsonShape } from './types.ts'

/**
 * A request handler whose session is loaded before it and committed after it. Whatever else the runtime passes to
 * its handlers comes after the session.
 *
 * If the handler throws, nothing is saved and the runtime hears of the error as ever; a thrown `Response` is an
 * ordinary one. Only a visitor whom the handler asked to forget (`destroy()`) is forgotten all the same: what answers
 * then is a plain 500 that expires the cookie, and the error goes to `console.error`.
 *
 * @throws {SessionError} into the runtime's error hook, as `load` and `commit` do.
 */
export function withSession<
  Data extends JsonShape<Data>,
  Flash extends JsonShape<Flash>,
  Rest extends readonly unknown[],
  Incoming extends RequestLike = Request,
>(
  sessions: SessionManager<Data, Flash>,
  handle: (request: Incoming, session: Session<Data, Flash>, ...rest: Rest) => Response | Promise<Response>,
): (request: Incoming, ...rest: Rest) => Promise<Response> {
  return (request, ...rest) => answer(sessions, request, (session) => handle(request, session, ...rest))
}

/** `run`, but a visitor who is to be forgotten is told so although the handler threw. */
export async function answer<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  request: RequestLike,
  handle: (session: Session<Data, Flash>) => Response | Promise<Response>,
): Promise<Response> {
  let asked: Session<Data, Flash> | undefined
  try {
    return await sessions.run(request, (session) => {
      asked = session
      return handle(session)
    })
  } catch (thrown) {
    if (!asked || thrown instanceof Response) throw thrown
    const cookies = await lastCookies(sessions, asked, thrown)
    if (cookies.length === 0) throw thrown
    // biome-ignore lint/suspicious/noConsole: the runtime sees an answer, so the error would reach nobody
    console.error(thrown)
    return new Response('Internal Server Error', { status: 500, headers: expiring(cookies) })
  }
}

/** The cookies that tell the browser of a `destroy()` although the handler or the save has failed; else none. */
export async function lastCookies<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  session: Session<Data, Flash>,
  error: unknown,
): Promise<readonly string[]> {
  const cookies = cookiesOf(error)
  if (cookies.length > 0) return cookies
  sessions.abandon(session)
  return sessions.save(session).catch(cookiesOf)
}

function cookiesOf(error: unknown): readonly string[] {
  return error instanceof SessionError ? error.cookies : []
}

function expiring(cookies: readonly string[]): Headers {
  const headers = new Headers({ 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return headers
}
