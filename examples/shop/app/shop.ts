import { Hono } from 'hono'
import { except } from 'hono/combine'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { csrf } from 'keepsake/csrf'
import { session } from 'keepsake/hono'
import { account } from './account.ts'
import { cart } from './cart.ts'
import { exampleId } from './example-id.ts'
import { front } from './front.ts'
import { html } from './html.ts'
import { page, plainPage } from './layout.ts'
import type { ShopEnv, ShopSessions } from './sessions.ts'
import { signIn } from './sign-in.ts'
import { icon } from './stamps.ts'
import { style } from './style.ts'

const headers = secureHeaders({
  // Not no-referrer, the default: it would blank the Origin of our own forms, which csrf() reads in browsers that say nothing else.
  referrerPolicy: 'same-origin',
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
})

/** The whole shop; an entry for each runtime gives it its sessions, and the address of Example ID if there is one. */
export function shop(sessions: ShopSessions, provider?: string): Hono<ShopEnv> {
  const app = new Hono<ShopEnv>()
  app.use(headers)
  app.get('/style.css', (c) => c.body(style, 200, file('text/css; charset=utf-8')))
  app.get('/icon.svg', (c) => c.body(icon, 200, file('image/svg+xml')))

  // The provider's answer is posted from another site, and proves itself by its state.
  app.use(except('/example-id/return', csrf(sessions).middleware), session(sessions))
  app.route('/', front)
  app.route('/', cart(sessions))
  app.route('/', signIn(provider !== undefined))
  app.route('/', account(sessions))
  if (provider) app.route('/', exampleId(sessions, provider))
  app.notFound((c) => page(c, 'Not found', nothing, 404))
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse()
    console.error(error)
    return plainPage(c, 'Something broke', broken, 500)
  })
  return app
}

function file(type: string): Record<string, string> {
  return { 'Content-Type': type, 'Cache-Control': 'public, max-age=300' }
}

const nothing = html`<h1>Nothing on this shelf</h1>
  <p class="lead">The page you asked for is not here.</p>
  <p><a class="button" href="/">To the shop</a></p>`

const broken = html`<h1>Something broke</h1>
  <p class="lead">It was us, and nothing of yours was changed. Try again in a moment.</p>
  <p><a class="button" href="/">To the shop</a></p>`
