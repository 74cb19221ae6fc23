import { EncryptJWT, errors, jwtDecrypt, jwtVerify, SignJWT } from 'jose'
import { fromBase64url, fromUtf8 } from '../core/bytes.ts'
import {
  failed,
  HOUR,
  judgePeriod,
  type SealContent,
  type SealContext,
  type Unsealed,
} from '../core/seal-format.ts'
import { audienceOf, claimsOf, contentOf, type SessionClaims } from './claims.ts'
import type { JwtKey } from './key.ts'

/** Clocks may differ by this much, in seconds. */
const SKEW = 60

/** Seals and opens for one issuer: the first key seals, all open. */
export class Compact {
  readonly #issuer: string
  readonly #keys: readonly [JwtKey, ...JwtKey[]]

  constructor(issuer: string, keys: readonly [JwtKey, ...JwtKey[]]) {
    this.#issuer = issuer
    this.#keys = keys
  }

  async seal(context: SealContext, content: SealContent): Promise<string> {
    const [key] = this.#keys
    const claims = { ...claimsOf(this.#issuer, context, content) }
    const header = key.header(context.purpose)
    const secret = await key.for('seal')
    return key.encrypts
      ? new EncryptJWT(claims).setProtectedHeader(header).encrypt(secret)
      : new SignJWT(claims).setProtectedHeader(header).sign(secret)
  }

  async unseal(context: SealContext, text: string, now: number, lifetime: number): Promise<Unsealed> {
    const segments = text.split('.', 6)
    // jose takes several spellings of the same bytes
    if (segments.some((segment) => fromBase64url(segment) === null)) return failed('malformed')
    const [first = ''] = segments
    const key = this.#keys.find((it) => it.segment(context.purpose) === first)
    if (!key) return this.#stranger(context, first)
    if (segments.length !== (key.encrypts ? 5 : 3)) return failed('malformed')
    const claims = await this.#claims(context, key, text, now, lifetime)
    if (typeof claims === 'string') return failed(claims, key.kid)
    const content = contentOf(this.#issuer, context, claims)
    if (!content) return failed('tampered', key.kid)
    const untimely = judgePeriod(Math.floor(content.issuedAt / HOUR), now, lifetime)
    if (untimely) return failed(untimely, key.kid)
    if (content.issuedAt > now + SKEW * 1000) return failed('from-the-future', key.kid)
    return { content, keyId: key.kid, current: key === this.#keys[0] }
  }

  /** What is authentic, of this type, issuer and audience; the exact times are judged afterwards. */
  async #claims(
    context: SealContext,
    key: JwtKey,
    text: string,
    now: number,
    lifetime: number,
  ): Promise<Partial<SessionClaims> | 'tampered' | 'from-the-future'> {
    const rules = {
      issuer: this.#issuer,
      audience: audienceOf(context, this.#issuer),
      typ: `${context.purpose}+jwt`,
      requiredClaims: ['iat', 'exp', 'jti'],
      maxTokenAge: lifetime / 1000,
      clockTolerance: SKEW,
      currentDate: new Date(now),
    }
    const secret = await key.for('open')
    try {
      const { payload } = key.encrypts
        ? await jwtDecrypt(text, secret, {
            ...rules,
            keyManagementAlgorithms: [key.alg],
            contentEncryptionAlgorithms: ['A256GCM'],
            maxDecompressedLength: 0,
          })
        : await jwtVerify(text, secret, { ...rules, algorithms: [key.alg] })
      return payload as Partial<SessionClaims>
    } catch (error) {
      // it was authentic, and why it has ended is for the session to say
      if (error instanceof errors.JWTExpired) return error.payload as Partial<SessionClaims>
      const early = error instanceof errors.JWTClaimValidationFailed && error.claim === 'iat'
      return early ? 'from-the-future' : 'tampered'
    }
  }

  /** A header that is like ours in all but the kid is of a key that has left. */
  #stranger({ purpose }: SealContext, segment: string): Unsealed {
    const kid = kidIn(segment)
    const known = this.#keys.some((key) => key.kid === kid)
    const ours = this.#keys.some((key) => key.segment(purpose, kid) === segment)
    if (kid === undefined || known || !ours) return failed('malformed')
    return { failure: 'unknown-key', keyId: kid, keyIds: this.#keys.map((key) => key.kid) }
  }
}

function kidIn(segment: string): string | undefined {
  try {
    const { kid } = JSON.parse(fromUtf8(fromBase64url(segment) as Uint8Array) ?? '')
    return typeof kid === 'string' && /^[\w.-]{1,64}$/.test(kid) ? kid : undefined
  } catch {
    return undefined
  }
}
