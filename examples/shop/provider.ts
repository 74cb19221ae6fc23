import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { html } from 'hono/html'

/** Example ID: believes whatever name it is given, and posts it back to who asked, as `response_mode=form_post` does. */
export function provider(client: string): Hono {
  const app = new Hono()
  app.get('/authorize', (c) => {
    const { redirect_uri: target = '', state = '' } = c.req.query()
    if (!target.startsWith(`${client}/`)) return c.text(`Example ID knows only ${client}.`, 400)
    return c.html(html`<!doctype html>
      <html lang="en">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Example ID</title>
        <h1>Example ID</h1>
        <form method="post" action="${target}">
          <input type="hidden" name="state" value="${state}">
          <p><label>Who are you? <input name="name" value="Ada" required></label> <button>Continue</button></p>
        </form>
      </html>`)
  })
  return app
}

if (import.meta.main) {
  const client = process.env.SHOP ?? 'http://localhost:3000'
  // 127.0.0.1 is another site than localhost, as a provider's would be.
  serve({ fetch: provider(client).fetch, hostname: '127.0.0.1', port: 3001 }, () => {
    console.log(`Example ID: start the shop with EXAMPLE_ID=http://127.0.0.1:3001 (it is known as ${client})`)
  })
}
