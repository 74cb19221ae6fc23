import { exportJWK, generateKeyPair } from 'jose'
import { randomBytes, toBase64url } from './core/bytes.ts'
import { SessionError } from './core/errors.ts'
import { refuseUnknownKeys } from './core/known-keys.ts'
import type { Protection } from './core/seal-format.ts'
import { Compact } from './jwt/compact.ts'
import { type Jwk, type JwtAlgorithm, type JwtKeyOption, KINDS } from './jwt/jwk.ts'
import { JwtKey } from './jwt/key.ts'
import { checkKeys } from './jwt/key-check.ts'

export type { SessionClaims } from './jwt/claims.ts'
export type { Jwk, JwtAlgorithm, JwtKeyOption } from './jwt/jwk.ts'

/** Options of {@link jwt}. */
export interface JwtOptions {
  /**
   * Keys with `alg` and `kid`: the first signs or encrypts, all open. `generateJwk()` makes one.
   * They are all for signing by a shared secret (HS256), by a pair (ES256, EdDSA), or all for encryption (dir, A256KW).
   */
  readonly keys: JwtKeyOption | readonly JwtKeyOption[]
  /** Who makes these tokens, `iss`: mostly the app's address. Also `aud`, unless the manager has an `audience`. */
  readonly issuer: string
}

/** Sessions as JSON Web Tokens, which other services can read or verify. */
export interface JwtProtection extends Protection {
  /**
   * The public keys, for those who verify (RFC 7517): `Response.json(protection.jwks())`.
   *
   * @throws {SessionError} `not_supported` where the keys are secret.
   */
  jwks(): { readonly keys: readonly Jwk[] }
}

/**
 * Seals sessions as compact JWTs (RFC 7519) instead of in our own format: signed, which any service with the keys can
 * verify, or encrypted.
 *
 * @throws {SessionError} `config` when a key or the issuer is missing, weak, or does not go with the others.
 *
 * @example
 * const protection = jwt({ keys: process.env.SESSION_JWK, issuer: 'https://app.example' })
 * new SessionManager({ secrets: process.env.SESSION_SECRET, protection })
 */
export function jwt(options: JwtOptions): JwtProtection {
  refuseUnknownKeys('jwt', options, ['keys', 'issuer'])
  const { issuer } = options
  if (typeof issuer !== 'string' || issuer.length < 1 || issuer.length > 1024)
    throw new SessionError(
      'config',
      'jwt: issuer is a text of 1 to 1024 characters, the address of the app for example.',
    )
  const keys = checkKeys(options.keys).map((jwk) => new JwtKey(jwk)) as [JwtKey, ...JwtKey[]]
  const compact = new Compact(issuer, keys)
  return {
    later: true,
    seal: (context, content) => compact.seal(context, content),
    unseal: (context, text, now, lifetime) => compact.unseal(context, text, now, lifetime),
    jwks: () => ({ keys: keys.map(publicPart) }),
  }
}

/**
 * A fresh private key, for {@link JwtOptions.keys}. Keep its JSON as secret as any secret.
 *
 * @throws {TypeError} for another algorithm than those.
 */
export async function generateJwk(alg: JwtAlgorithm): Promise<Jwk> {
  if (!Object.hasOwn(KINDS, alg))
    throw new TypeError(`generateJwk: alg is one of ${Object.keys(KINDS).join(', ')}`)
  const kid = toBase64url(randomBytes(6))
  if (KINDS[alg].family !== 'pair') return { kty: 'oct', k: toBase64url(randomBytes(32)), alg, kid }
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, kid }
}

function publicPart(key: JwtKey): Jwk {
  if (key.public) return { ...key.public }
  throw new SessionError(
    'not_supported',
    `jwks: a key for ${key.alg} is secret; publish pairs, ES256 or EdDSA.`,
  )
}
