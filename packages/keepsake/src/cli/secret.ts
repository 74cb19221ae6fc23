import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'

const USAGE = `Usage: keepsake secret [--env]

Prints a new secret for SessionManager: 32 random bytes as base64url.

  --env    as a line for a .env file: SESSION_SECRET=…
  --help   this text
`

/** What `keepsake secret` prints. @throws {TypeError} on unknown arguments. */
export function secret(args: string[]): string {
  const { values } = parseArgs({ args, options: { env: { type: 'boolean' }, help: { type: 'boolean' } } })
  if (values.help) return USAGE
  return `${values.env ? 'SESSION_SECRET=' : ''}${randomBytes(32).toString('base64url')}\n`
}
