import { fromBase64url, fromUtf8 } from '../../core/bytes.ts'
import { usage } from '../failure.ts'
import { jwtDoor } from '../secret.ts'
import { emptyRing } from './context.ts'
import type { Finding } from './finding.ts'
import type { Question } from './question.ts'
import { judged, openedBy } from './seal.ts'

type Json = Readonly<Record<string, unknown>>

/** What a JWT of `keepsake/jwt` is; `undefined` for anything else. */
export async function inspectJwt(question: Question): Promise<Finding | undefined> {
  const [first = '', second = '', ...more] = question.cookie.value.split('.')
  const header = jsonIn(first)
  if (header?.typ !== 'session+jwt' || (more.length !== 1 && more.length !== 3)) return undefined
  const claims = more.length === 1 ? jsonIn(second) : undefined
  const how = claims ? `signed by ${header.alg}: anybody can read it` : `encrypted by ${header.alg}`
  const outside = {
    library: 'keepsake/jwt',
    kind: `JSON Web Token, ${how}`,
    ...(typeof header.kid === 'string' && { keyId: header.kid }),
    ...(claims && told(claims)),
  }
  const { jwk } = question
  if (jwk === undefined) return judged(question, { ...outside, state: 'not-verified' })
  const issuer = question.issuer ?? claims?.iss
  if (typeof issuer !== 'string') throw usage('An encrypted JSON Web Token needs --issuer, beside --jwk.')
  const { jwt } = await jwtDoor()
  return openedBy(question, emptyRing(), jwt({ keys: jwk, issuer }), outside)
}

/** What a signed one says of itself; `ks` has the times to the millisecond. */
function told({ jti, sub, data, flash, ks }: Json): Partial<Finding> {
  const { c, i, e, a, l } = (typeof ks === 'object' && ks !== null ? ks : {}) as Json
  const known = {
    ...{ id: text(jti), owner: text(sub), label: text(l), data, flash },
    ...{ createdAt: number(c), issuedAt: number(i), expiresAt: number(e), authenticatedAt: number(a) },
  }
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A time that a Date can show. */
function number(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15 ? value : undefined
}

function jsonIn(segment: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(fromUtf8(fromBase64url(segment) ?? new Uint8Array()) ?? '')
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
