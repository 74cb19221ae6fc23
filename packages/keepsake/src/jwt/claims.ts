import { fromBase64url, toBase64url } from '../core/bytes.ts'
import type { SealContent, SealContext, SealedHead } from '../core/seal-format.ts'

/** What a session is to a stranger (RFC 7519), and what of it is for us alone. */
export interface SessionClaims {
  /** Who made it. */
  readonly iss: string
  /** Whom it is for. */
  readonly aud: string
  /** The session's id. */
  readonly jti: string
  /** The owner; absent for an anonymous visitor. */
  readonly sub?: string
  /** Seconds since the epoch. */
  readonly iat: number
  readonly exp: number
  /** When the owner last logged in, seconds since the epoch. */
  readonly auth_time?: number
  readonly data: object
  readonly flash?: object
  /** Keepsake's own: cookie name, exact times, revision, and what else the head of a record has. */
  readonly ks: Own
}

interface Own extends Readonly<Omit<SealedHead, 'o'>> {
  readonly n: string
  readonly c: number
  readonly i: number
  readonly e: number
  readonly r: number
}

const SECOND = 1000

/** Whom the seals of this context are for. */
export function audienceOf({ audience }: SealContext, issuer: string): string {
  return audience || issuer
}

/** The content of a session's seal as claims. */
export function claimsOf(issuer: string, context: SealContext, content: SealContent): SessionClaims {
  const [head = '{}', data = '{}', flash = '{}'] = content.json.split('\n')
  const { o: sub, ...more } = JSON.parse(head)
  const { createdAt: c, issuedAt: i, expiresAt: e, revision: r } = content
  return {
    iss: issuer,
    aud: audienceOf(context, issuer),
    jti: toBase64url(content.id),
    ...(sub !== undefined && { sub }),
    iat: Math.floor(i / SECOND),
    exp: Math.ceil(e / SECOND),
    ...(more.a !== undefined && { auth_time: Math.floor(more.a / SECOND) }),
    data: JSON.parse(data),
    ...(flash !== '{}' && { flash: JSON.parse(flash) }),
    ks: { n: context.name, c, i, e, r, ...more },
  }
}

/** The content behind claims that {@link claimsOf} made for this context, else `null`. */
export function contentOf(
  issuer: string,
  context: SealContext,
  claims: Partial<SessionClaims>,
): SealContent | null {
  const { iat, exp, sub, auth_time, data, flash = {}, ks } = claims
  const id = typeof claims.jti === 'string' ? fromBase64url(claims.jti) : null
  if (claims.aud !== audienceOf(context, issuer) || id?.length !== 16 || !isObject(ks)) return null
  const { n, c, i, e, r, ...more } = ks
  if (n !== context.name || ![c, i, e, r].every(isWhole)) return null
  if (c > i || i >= e || iat !== Math.floor(i / SECOND) || exp !== Math.ceil(e / SECOND)) return null
  if (!isObject(data) || !isObject(flash) || !isHead({ ...more, o: sub })) return null
  if (auth_time !== (more.a === undefined ? undefined : Math.floor(more.a / SECOND))) return null
  const json = [{ ...more, o: sub }, data, flash].map((part) => JSON.stringify(part)).join('\n')
  return { id, createdAt: c, issuedAt: i, expiresAt: e, revision: r, persistent: more.k !== false, json }
}

/** The types of what a record's head has; whatever else is there was not written by us. */
const HEAD: Readonly<Record<keyof SealedHead, (value: unknown) => boolean>> = {
  o: (value) => value === undefined || typeof value === 'string',
  k: (value) => value === false || isWhole(value),
  a: isWhole,
  l: (value) => typeof value === 'string',
  v: isWhole,
  p: (value) => value === true,
  b: (value) => typeof value === 'string',
}

function isHead(head: object): boolean {
  return Object.entries(head).every(
    ([name, value]) => Object.hasOwn(HEAD, name) && HEAD[name as keyof SealedHead](value),
  )
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
