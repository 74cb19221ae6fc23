import { createServer } from 'node:http'
import { withSession } from 'keepsake/node'
import { sharedSessions } from './sessions.ts'

/** Who it is: POST /ada signs Ada in, as whoever says so; POST / signs out. */
const account = withSession(sharedSessions(), (request, response, session) => {
  const name = (request.url ?? '').slice(1)
  if (request.method === 'POST' && name) session.login(name, { keep: ['cart'] })
  else if (request.method === 'POST') session.destroy()
  response.end(session.owner ?? 'nobody')
})

createServer(account).listen(Number(process.env.PORT ?? 3002), 'localhost')
