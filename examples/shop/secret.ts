import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const file = new URL('.secret', import.meta.url)

/** SESSION_SECRET of the environment; without it, one that is made at the first start and kept beside this file. */
export function secret(): string {
  if (process.env.SESSION_SECRET) return process.env.SESSION_SECRET
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
    console.log('Made a secret for this shop and kept it in examples/shop/.secret')
  }
  return readFileSync(file, 'utf8').trim()
}
