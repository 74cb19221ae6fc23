import { withSession } from 'keepsake/deno'
import { counterSessions, visits } from './counter.ts'

// `deno serve` takes it from here.
export default {
  fetch: withSession(
    counterSessions(process.env.SESSION_SECRET),
    (_request, session) => new Response(visits(session)),
  ),
}
