import { writeFileSync } from 'node:fs'
import { secret } from './secret.ts'

// wrangler dev reads its variables from this file, which is ignored by git; deployed, it is `wrangler secret put SESSION_SECRET`.
writeFileSync(new URL('.dev.vars', import.meta.url), `SESSION_SECRET=${secret()}\n`, { mode: 0o600 })
