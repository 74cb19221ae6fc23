import { Hono } from 'hono'
import { catalogue, euros, type Keepsake } from './catalogue.ts'
import { type Html, html } from './html.ts'
import { page } from './layout.ts'
import type { ShopEnv } from './sessions.ts'
import { postmark, stamp } from './stamps.ts'

export const front: Hono<ShopEnv> = new Hono<ShopEnv>()

front.get('/', (c) => {
  const cart = c.var.session.data.cart ?? []
  return page(
    c,
    'Keepsakes by post',
    html`<div class="hero"><div>
      <h1>Small things, worth keeping</h1>
      <p class="lead">Music boxes, lockets, flowers out of books. Wrapped in paper and sent by post.</p>
    </div>${postmark}</div>
    <ul class="shelf">${catalogue.map((keepsake) => card(keepsake, cart))}</ul>`,
  )
})

function card(keepsake: Keepsake, cart: readonly string[]): Html {
  const { slug, name, about, price } = keepsake
  const quantity = cart.filter((piece) => piece === slug).length
  return html`<li id="${slug}">
    <div class="lift">${stamp(keepsake)}</div>
    <h2>${name}</h2>
    <p>${about}</p>
    <form class="buy" method="post" action="/cart/add">
      <input type="hidden" name="item" value="${slug}">
      <span>${euros(price)}${quantity > 0 ? html` <span class="soft">${quantity} in cart</span>` : ''}</span>
      <button class="quiet" aria-label="Add to cart: ${name}">Add</button>
    </form>
  </li>`
}
