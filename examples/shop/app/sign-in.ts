import { Hono } from 'hono'
import { type Html, html } from './html.ts'
import { page } from './layout.ts'
import type { ShopEnv } from './sessions.ts'
import { userAgentLabel } from './words.ts'

/** Everybody's, and shown on the page: this is a demonstration. */
export const PASSWORD = 'forget-me-not'

export function signIn(withExampleId: boolean): Hono<ShopEnv> {
  const app = new Hono<ShopEnv>()

  app.get('/sign-in', (c) => page(c, 'Sign in', form({ next: local(c.req.query('next')), withExampleId })))

  app.post('/sign-in', async (c) => {
    const body = await c.req.parseBody()
    const name = String(body.name ?? '').trim()
    const next = local(body.next)
    const problem = wrong(name, body.password)
    if (problem) return page(c, 'Sign in', form({ next, name, problem, withExampleId }), 422)

    const { session } = c.var
    session.login(name, { keep: ['cart'], label: userAgentLabel(c.req.header('user-agent')) })
    session.remember(body.remember === 'on' ? '30d' : false)
    session.flash('notice', `Welcome, ${name}.`)
    return c.redirect(next, 303)
  })

  app.post('/sign-out', (c) => {
    c.var.session.destroy()
    return c.redirect('/goodbye', 303)
  })

  app.get('/goodbye', (c) => page(c, 'Signed out', goodbye))

  return app
}

const goodbye = html`<h1>You are signed out</h1>
  <p class="lead">What this shop knew of you on this device is forgotten, the cart included.</p>
  <p><a class="button" href="/">To the shop</a></p>`

/** Where to go after signing in: only pages of ours, or the form would send people anywhere. */
function local(next: unknown): string {
  return next === '/cart' ? next : '/account'
}

interface Problem {
  readonly field: 'name' | 'password'
  readonly text: string
}

function wrong(name: string, password: unknown): Problem | undefined {
  if (name === '') return { field: 'name', text: 'Enter a name. Any name will do.' }
  if (name.length > 40) return { field: 'name', text: 'That is long. Forty letters are enough.' }
  const text = `That is not it. The password is ${PASSWORD}.`
  return password === PASSWORD ? undefined : { field: 'password', text }
}

interface Form {
  readonly next: string
  readonly withExampleId: boolean
  readonly name?: string
  readonly problem?: Problem
}

function form({ next, withExampleId, name = '', problem }: Form): Html {
  const mark = (field: string): Html | string =>
    problem?.field === field ? html`aria-invalid="true" aria-describedby="problem" autofocus` : ''
  const says = (field: string): Html | string =>
    problem?.field === field ? html`<p class="problem" id="problem">${problem.text}</p>` : ''
  return html`<div class="sheet"><h1>Sign in</h1>
    <p class="lead">Any name, and the password <code>${PASSWORD}</code></p>
    <form class="fields" method="post" action="/sign-in">
      <input type="hidden" name="next" value="${next}">
      <div class="field-row">
        <label for="name">Name</label>
        <input id="name" name="name" value="${name}" autocomplete="username" maxlength="40" required ${mark('name')}>${says('name')}
      </div>
      <div class="field-row">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required ${mark('password')}>${says('password')}
      </div>
      <label class="check"><input type="checkbox" name="remember">Keep me signed in on this device
        <span class="soft">Until 30 days after your last visit. Otherwise until the browser closes.</span></label>
      <button>Sign in</button>
    </form>
    ${withExampleId ? html`<p><a href="/example-id">Sign in with Example ID</a></p>` : ''}
  </div>`
}
