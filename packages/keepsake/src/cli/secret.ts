import { parseArgs } from 'node:util'
import { randomBytes, toBase64url } from '../core/bytes.ts'
import type { Jwk, JwtAlgorithm } from '../jwt.ts'
import type { Command } from './command.ts'
import { usage } from './failure.ts'

const ALGORITHMS: readonly JwtAlgorithm[] = ['ES256', 'EdDSA', 'HS256', 'A256KW', 'dir']

/** `keepsake secret` */
export const secret: Command = {
  usage: `Usage: npx keepsake secret [--env] [--jwk [--alg <algorithm>]]

Prints a new secret for SessionManager: 32 random bytes as base64url.

  --env    as a line for a .env file: SESSION_SECRET=…, or SESSION_JWK=…
  --jwk    a private key for keepsake/jwt instead, as a JSON Web Key
  --alg    what the key is for: ES256 (the default) or EdDSA, which others can
           verify; HS256, which others can verify and make; A256KW or dir,
           which encrypt
  --json   as JSON
`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { env: { type: 'boolean' }, jwk: { type: 'boolean' }, alg: { type: 'string' } },
    })
    if (values.alg !== undefined && !values.jwk) throw usage('--alg goes with --jwk.')
    const made = values.jwk ? await key(values.alg) : toBase64url(randomBytes(32))
    const plain = typeof made === 'string' ? made : JSON.stringify(made)
    const line = typeof made === 'string' ? `SESSION_SECRET=${plain}` : `SESSION_JWK='${plain}'`
    return {
      exit: 0,
      json: typeof made === 'string' ? { secret: made } : made,
      text: () => `${values.env ? line : plain}\n`,
    }
  },
}

async function key(alg = 'ES256'): Promise<Jwk> {
  if (!ALGORITHMS.includes(alg as JwtAlgorithm)) throw usage(`--alg is one of ${ALGORITHMS.join(', ')}.`)
  const { generateJwk } = await jwtDoor()
  return generateJwk(alg as JwtAlgorithm)
}

/** The one door that needs a package beside it. */
export async function jwtDoor(): Promise<typeof import('../jwt.ts')> {
  try {
    return await import('../jwt.ts')
  } catch {
    throw usage('JSON Web Tokens need jose beside keepsake: npm install jose')
  }
}
