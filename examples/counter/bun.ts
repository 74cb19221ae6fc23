import { withSession } from 'keepsake/bun'
import { counterSessions, visits } from './counter.ts'

export default {
  hostname: 'localhost',
  port: Number(process.env.PORT ?? 3000),
  fetch: withSession(
    counterSessions(process.env.SESSION_SECRET),
    (_request, session) => new Response(visits(session)),
  ),
}
