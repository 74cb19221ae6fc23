import { env } from 'cloudflare:workers'
import { durableObjectStore } from 'keepsake/cloudflare'
import { shopSessions } from './app/sessions.ts'
import { shop } from './app/shop.ts'

export { SessionObject } from 'keepsake/cloudflare/object'

const sessions = shopSessions(env.SESSION_SECRET, durableObjectStore(env.SESSIONS))

export default shop(sessions)
