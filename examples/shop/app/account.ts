import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { devices } from './devices.ts'
import { html } from './html.ts'
import { page } from './layout.ts'
import type { ShopEnv, ShopSessions } from './sessions.ts'
import { exactly, when } from './words.ts'

/** Lets only those in who have signed in. */
const signedIn = createMiddleware<ShopEnv>(async (c, next) =>
  c.var.session.owner ? next() : c.redirect('/sign-in', 303),
)

export function account(sessions: ShopSessions): Hono<ShopEnv> {
  const app = new Hono<ShopEnv>()
  app.use('/account', signedIn)
  app.use('/account/*', signedIn)

  app.get('/account', async (c) => {
    const { session } = c.var
    return page(
      c,
      'Your account',
      html`<h1>Hello, ${session.owner}</h1>
        ${await devices(c, sessions)}
        <h2>This session</h2>
        <dl class="facts">
          <dt>Its public name</dt><dd><code>${session.id}</code></dd>
          <dt>Kept</dt><dd>${sessions.capabilities.listable ? 'by the shop, in its store' : 'by this browser, sealed in a cookie'}</dd>
          <dt>Ends if you stay away</dt><dd>${when(session.expiresAt)}, on ${exactly(session.expiresAt)}</dd>
          <dt>Ends in any case</dt><dd>${when(session.absoluteExpiresAt)}, on ${exactly(session.absoluteExpiresAt)}</dd>
        </dl>`,
    )
  })

  app.post('/account/devices/sign-out', async (c) => {
    const { session } = c.var
    const { id } = await c.req.parseBody()
    await sessions.revoke(String(id), { owner: String(session.owner) })
    session.flash('notice', 'That device is signed out.')
    return c.redirect('/account', 303)
  })

  app.post('/account/devices/sign-out-others', async (c) => {
    const { session } = c.var
    await sessions.revokeAll(String(session.owner), { except: session.id })
    session.flash('notice', 'All other devices are signed out.')
    return c.redirect('/account', 303)
  })

  return app
}
