import { guarded } from './app.ts'

export { SessionObject } from 'keepsake/cloudflare/object'

export default { fetch: guarded }
