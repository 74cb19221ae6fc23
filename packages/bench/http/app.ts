import { Hono } from 'hono'
import { apps } from './apps.ts'

/** An app with two routes: one counts visits in the session, one takes no notice of it. */
export async function appOf(name: string): Promise<Hono> {
  const mount = apps[name]
  if (!mount) throw new TypeError(`No app ${name}`)
  const app = new Hono()
  const count = await mount(app)
  app.get('/count', async (c) => c.text(`views=${await count(c)}`))
  app.get('/ignore', (c) => c.text('views=none'))
  return app
}
