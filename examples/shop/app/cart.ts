import { Hono } from 'hono'
import { euros, find, type Line, lines, total } from './catalogue.ts'
import { type Html, html } from './html.ts'
import { page } from './layout.ts'
import type { ShopEnv, ShopSessions } from './sessions.ts'
import { stamp } from './stamps.ts'

const ROOM = 60

export function cart(sessions: ShopSessions): Hono<ShopEnv> {
  const app = new Hono<ShopEnv>()

  app.get('/cart', (c) =>
    page(c, 'Cart', contents(lines(c.var.session.data.cart ?? []), c.var.session.owner)),
  )

  app.post('/cart/add', async (c) => {
    const { item, back } = await c.req.parseBody()
    const keepsake = find(item)
    if (!keepsake) return c.notFound()
    // update, not data.cart.push: two parallel requests both count.
    await sessions.update(c.var.session, (data) => {
      data.cart = [...(data.cart ?? []), keepsake.slug].slice(0, ROOM)
    })
    c.var.session.flash('notice', `${keepsake.name}: in your cart.`)
    return c.redirect(back === 'cart' ? '/cart' : `/#${keepsake.slug}`, 303)
  })

  app.post('/cart/remove', async (c) => {
    const { item } = await c.req.parseBody()
    await sessions.update(c.var.session, (data) => {
      data.cart = without(data.cart ?? [], String(item))
    })
    return c.redirect('/cart', 303)
  })

  app.post('/cart/order', (c) => {
    const { session } = c.var
    if (!session.owner) return c.redirect('/sign-in', 303)
    delete session.data.cart
    session.flash('notice', `Thank you, ${session.owner}. It would be in the post, if this were a shop.`)
    return c.redirect('/', 303)
  })

  return app
}

function without(pieces: readonly string[], slug: string): string[] {
  const last = pieces.lastIndexOf(slug)
  return pieces.filter((_, index) => index !== last)
}

function contents(cart: readonly Line[], owner: string | undefined): Html {
  if (cart.length === 0) {
    return html`<h1>Your cart is empty</h1>
      <p class="lead">There is room in it for something small.</p>
      <p><a class="button" href="/">To the shop</a></p>`
  }
  return html`<h1>Your cart</h1>
    <ul class="rows">${cart.map(row)}</ul>
    <div class="total">
      <p>Total ${euros(total(cart))}</p>
      ${
        owner
          ? html`<form method="post" action="/cart/order"><button>Order</button></form>`
          : html`<a class="button" href="/sign-in?next=/cart">Sign in to order</a>`
      }
    </div>`
}

function row({ keepsake, quantity }: Line): Html {
  const step = (action: string, sign: string, words: string): Html => html`
    <form method="post" action="/cart/${action}">
      <input type="hidden" name="item" value="${keepsake.slug}"><input type="hidden" name="back" value="cart">
      <button class="quiet" aria-label="${words}: ${keepsake.name}">${sign}</button>
    </form>`
  return html`<li>
    <div class="lift">${stamp(keepsake)}</div>
    <div class="what"><h2>${keepsake.name}</h2><p class="soft">${euros(keepsake.price)} each</p></div>
    <div class="stepper">
      ${step('remove', '−', 'One less')}<output aria-label="Pieces">${quantity}</output>${step('add', '+', 'One more')}
    </div>
    <span class="sum">${euros(keepsake.price * quantity)}</span>
  </li>`
}
