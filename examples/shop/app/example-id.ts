import { Hono } from 'hono'
import { html } from './html.ts'
import { page } from './layout.ts'
import type { ShopEnv, ShopSessions } from './sessions.ts'
import { userAgentLabel } from './words.ts'

/** Signing in with a provider that answers by a form posted from its own site, as OpenID Connect's `form_post` does. */
export function exampleId(sessions: ShopSessions, provider: string): Hono<ShopEnv> {
  const app = new Hono<ShopEnv>()
  const pending = sessions.transient<{ state: string; name?: string }>('example-id')

  app.get('/example-id', async (c) => {
    const state = crypto.randomUUID()
    const url = new URL('/authorize', provider)
    url.searchParams.set('redirect_uri', new URL('/example-id/return', c.req.url).href)
    url.searchParams.set('state', state)
    c.header('Set-Cookie', await pending.set({ state }))
    c.header('Cache-Control', 'no-store')
    return c.redirect(url.href, 303)
  })

  // Posted from another site, so the session's Lax cookie stays behind; the transient one comes along.
  app.post('/example-id/return', async (c) => {
    const { state, name } = await c.req.parseBody()
    const begun = await pending.get(c.req.raw)
    if (!begun || begun.state !== state || !name) return page(c, 'Not signed in', unasked, 400)
    // A real provider posts a code, and the shop asks the provider whose it is.
    c.header('Set-Cookie', await pending.set({ state, name: String(name) }))
    return c.redirect('/example-id/welcome', 303)
  })

  // A GET again, which brings the session, and the cart with it.
  app.get('/example-id/welcome', async (c) => {
    const proven = await pending.get(c.req.raw)
    if (!proven?.name) return page(c, 'Not signed in', unasked, 400)
    const { session } = c.var
    session.login(proven.name, { keep: ['cart'], label: userAgentLabel(c.req.header('user-agent')) })
    session.flash('notice', `Welcome, ${proven.name}.`)
    c.header('Set-Cookie', pending.clear())
    return c.redirect('/account', 303)
  })

  return app
}

const unasked = html`<h1>That did not work</h1>
  <p class="lead">This sign-in was not begun here, or too long ago.</p>
  <p><a class="button" href="/sign-in">Sign in</a></p>`
