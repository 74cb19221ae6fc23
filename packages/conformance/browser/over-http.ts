import { serve } from '@hono/node-server'
import { provider } from '../../../examples/shop/provider.ts'

// The provider on another site than localhost, as one of the development kind.
serve({
  fetch: provider(process.env.SHOP ?? '').fetch,
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
})
