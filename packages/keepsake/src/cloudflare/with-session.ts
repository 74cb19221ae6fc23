import { byEnv } from '../core/by-env.ts'
import { answer } from '../core/with-session.ts'
import type { JsonShape, RequestLike, Session, SessionManager } from '../index.ts'

/**
 * A Worker's `fetch` handler whose session is loaded before it and committed after it. The manager may be made of
 * the bindings: `(env) => manager` is called once for each `env`.
 *
 * If the handler throws, nothing is saved and the Worker fails as ever; a thrown `Response` is an ordinary one. Only a
 * visitor whom the handler asked to forget (`destroy()`) is forgotten all the same: what answers then is a plain 500
 * that expires the cookie, and the error goes to `console.error`.
 *
 * ```ts
 * export default { fetch: withSession(sessions, (request, session, env, ctx) => new Response(session.id)) }
 * ```
 */
export function withSession<
  Data extends JsonShape<Data>,
  Flash extends JsonShape<Flash>,
  Env,
  Rest extends readonly unknown[],
  Incoming extends RequestLike = Request,
>(
  sessions: SessionManager<Data, Flash> | ((env: Env) => SessionManager<Data, Flash>),
  handle: (
    request: Incoming,
    session: Session<Data, Flash>,
    env: Env,
    ...rest: Rest
  ) => Response | Promise<Response>,
): (request: Incoming, env: Env, ...rest: Rest) => Promise<Response> {
  const managerFor = byEnv(sessions)
  return async (request, env, ...rest) =>
    answer(managerFor(env), request, (session) => handle(request, session, env, ...rest))
}
