import { sqliteStore } from 'keepsake/sqlite'
import { shopSessions } from './app/sessions.ts'
import { shop } from './app/shop.ts'
import { secret } from './secret.ts'

const sealed = process.argv.includes('--sealed')
const sessions = shopSessions(secret(), sealed ? undefined : sqliteStore('sessions.db'))
const port = Number(process.env.PORT ?? 3000)

export default { hostname: 'localhost', port, fetch: shop(sessions, process.env.EXAMPLE_ID).fetch }
