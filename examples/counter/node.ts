import { createServer } from 'node:http'
import { withSession } from 'keepsake/node'
import { counterSessions, visits } from './counter.ts'

const sessions = counterSessions(process.env.SESSION_SECRET)
const server = createServer(
  withSession(sessions, (_request, response, session) => response.end(visits(session))),
)

server.listen(Number(process.env.PORT ?? 3000), 'localhost')
