import { sqliteStore } from 'keepsake/sqlite'
import { shopSessions } from './app/sessions.ts'
import { shop } from './app/shop.ts'
import { secret } from './secret.ts'

const sealed = process.argv.includes('--sealed')
const sessions = shopSessions(secret(), sealed ? undefined : sqliteStore('sessions.db'))

// `deno serve` takes it from here.
export default shop(sessions, process.env.EXAMPLE_ID)
