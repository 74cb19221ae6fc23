import { withSession } from 'keepsake/cloudflare'
import { counterSessions, visits } from './counter.ts'

interface Env {
  readonly SESSION_SECRET: string
}

export default {
  fetch: withSession(
    (env: Env) => counterSessions(env.SESSION_SECRET),
    (_request, session) => new Response(visits(session)),
  ),
}
