import type { SessionManager } from 'keepsake'
import { type Counter, visits } from './counter.ts'

/** Without a door: from the request to its session, and onto the response. */
export function direct(sessions: SessionManager<Counter>): (request: Request) => Promise<Response> {
  return async (request) => {
    const session = await sessions.load(request)
    return sessions.commit(session, new Response(visits(session)))
  }
}
