import { createServer } from 'node:http'
import { withSession } from 'keepsake/node'
import { sharedSessions } from './sessions.ts'

/** What is sold: POST /tea puts tea into the cart. */
const shop = withSession(sharedSessions(), (request, response, { data, owner = 'stranger' }) => {
  if (request.method === 'POST') data.cart = [...(data.cart ?? []), (request.url ?? '').slice(1)]
  response.end(`${owner}: ${data.cart?.join(', ') ?? 'nothing'}`)
})

createServer(shop).listen(Number(process.env.PORT ?? 3001), 'localhost')
