import { Hono } from 'hono'
import { type SessionEnv, session } from 'keepsake/hono'
import type { App } from './app.ts'

/** The app behind Hono's middleware. */
export function honoApp({ sessions, answer }: App): Hono<SessionEnv<App['sessions']>> {
  return new Hono<SessionEnv<App['sessions']>>()
    .use(session(sessions))
    .all('*', (c) => answer({ url: new URL(c.req.url) }, c.var.session))
    .onError((_error, c) => c.text('sorry', 500))
}
