// Serves an app whose sessions are in Redis: redis-apps.ts <app> <port>; the server is at REDIS_URL.
import { serve } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import { SessionManager } from 'keepsake'
import { session as keepsake } from 'keepsake/hono'
import { redisStore } from 'keepsake/redis'
import { createClient } from 'redis'
import { type Data, SECRET, small } from '../micro/data.ts'

// imported without its types: those would say what `req.session` is in all of this repository
const { default: session } = await import('express-session' as string)
const { RedisStore } = await import('connect-redis' as string)

const [name = '', port = ''] = process.argv.slice(2)
const client = createClient({ url: process.env.REDIS_URL ?? '' })
await client.connect()

const apps: Readonly<Record<string, () => void>> = {
  'bare Hono': () => hono(new Hono()),
  'Hono, keepsake': () => {
    const store = redisStore(client)
    const sessions = new SessionManager<Data>({ secrets: SECRET, cookie: { secure: true }, store })
    const app = new Hono().use(keepsake(sessions))
    hono(app as never, (c) => {
      const { data } = c.var.session
      if (data.views === undefined) Object.assign(data, small())
      data.views = (data.views ?? 0) + 1
      return data.views
    })
  },
  'Hono, GET and SET and no more': () => {
    const app = new Hono<{ Variables: { views: number } }>()
    app.use('/count', async (c, next) => {
      const found = await client.get('bench:views')
      const data = found ? (JSON.parse(found) as Data) : small()
      data.views++
      await client.set('bench:views', JSON.stringify(data), { EX: 3600 })
      c.set('views', data.views)
      await next()
    })
    hono(app as never, (c) => (c.var as unknown as { views: number }).views)
  },
  'bare Express': () => expressApp(),
  'Express, express-session and connect-redis': () => expressApp(true),
}
apps[name]?.()

function hono(
  app: Hono<{ Variables: { session: { data: Partial<Data> } } }>,
  count: (c: { var: { session: { data: Partial<Data> } } }) => number = () => 1,
): void {
  app.get('/count', (c) => c.text(`views=${count(c)}`))
  app.get('/ignore', (c) => c.text('views=none'))
  serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })
}

function expressApp(kept = false): void {
  const app = express().disable('x-powered-by').disable('etag')
  if (kept) {
    const store = new RedisStore({ client })
    const cookie = { httpOnly: true, sameSite: 'lax' } as const
    app.use(session({ store, secret: SECRET, resave: false, saveUninitialized: false, cookie }))
  }
  app.get('/count', (req, res) => {
    const { session: data } = req as unknown as { session?: Data }
    if (data && data.views === undefined) Object.assign(data, small())
    if (data) data.views++
    res.type('text/plain').end(`views=${data?.views ?? 1}`)
  })
  app.get('/ignore', (_req, res) => void res.type('text/plain').end('views=none'))
  app.listen(Number(port), '127.0.0.1')
}
