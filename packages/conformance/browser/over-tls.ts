import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { serve } from '@hono/node-server'
import { sqliteStore } from 'keepsake/sqlite'
import { shopSessions } from '../../../examples/shop/app/sessions.ts'
import { shop } from '../../../examples/shop/app/shop.ts'
import { provider } from '../../../examples/shop/provider.ts'

// The shop, or the provider it sends people to, as they would be deployed: https, under names of their own.
const { PORT, KEY = '', CERT = '', SHOP, EXAMPLE_ID, SESSION_SECRET } = process.env
const app = SHOP ? provider(SHOP) : shop(shopSessions(SESSION_SECRET, sqliteStore('sessions.db')), EXAMPLE_ID)

serve({
  fetch: app.fetch,
  hostname: '127.0.0.1',
  port: Number(PORT),
  createServer,
  serverOptions: { key: readFileSync(KEY), cert: readFileSync(CERT) },
})
