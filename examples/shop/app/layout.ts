import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Html, html } from './html.ts'
import type { ShopEnv } from './sessions.ts'

/** One page of the shop, with the visitor's name, cart and message. */
export function page(c: Context<ShopEnv>, title: string, main: Html, status: ContentfulStatusCode = 200) {
  const { session } = c.var
  // A page with somebody's name on it must not come back with the back button after they left.
  if (session.owner) c.header('Cache-Control', 'no-store')
  const notice = session.take('notice')
  const banner = notice && html`<p class="notice" role="status">${notice}</p>`
  return c.html(layout(title, html`${banner}${main}`, nav(c)), status)
}

/** A page that needs no session: for when there is none to be had. */
export function plainPage(c: Context, title: string, main: Html, status: ContentfulStatusCode) {
  return c.html(layout(title, main, html`<a href="/">Shop</a>`), status)
}

function nav(c: Context<ShopEnv>): Html {
  const { session } = c.var
  const pieces = session.data.cart?.length ?? 0
  const link = (href: string, text: Html | string): Html =>
    html`<a href="${href}" ${c.req.path === href ? html`aria-current="page"` : ''}>${text}</a>`
  const count = html`<span class="count">${pieces}<span class="unseen"> pieces</span></span>`
  return html`${link('/', 'Shop')} ${link('/cart', pieces > 0 ? html`Cart ${count}` : 'Cart')}
    ${session.owner ? link('/account', session.owner) : link('/sign-in', 'Sign in')}`
}

function layout(title: string, main: Html, links: Html): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Posy &amp; Brass</title>
    <link rel="stylesheet" href="/style.css">
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
  </head>
  <body>
    <a class="skip" href="#main">Skip to the page</a>
    <header class="top">
      <a class="mark" href="/">Posy <span>&amp;</span> Brass</a>
      <nav aria-label="Main">${links}</nav>
    </header>
    <main id="main">${main}</main>
    <footer>
      <p>Posy &amp; Brass is an example of Keepsake, sessions for every JavaScript runtime. Nothing here is for sale.</p>
    </footer>
  </body>
</html>`
}
