import { type Bytes, equalBytes, fromBase64url } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type CheckedJwk, type Jwk, type JwtAlgorithm, type JwtKeyOption, KINDS, type Kind } from './jwk.ts'
import { faultOf, isOnP256 } from './material.ts'

const LENGTH = 32
const KID = /^[\w.-]{1,64}$/

/** The keys of these options, the first of them able to seal. @throws {SessionError} `config`, without the key. */
export function checkKeys(option: JwtKeyOption | readonly JwtKeyOption[]): [CheckedJwk, ...CheckedJwk[]] {
  const keys = (Array.isArray(option) ? option : [option]).map((key: JwtKeyOption, index) =>
    checkKey(key, `keys[${index}]`),
  )
  const [first] = keys
  if (!first?.private) throw refusal('keys[0]', 'has no private part: the first key signs')
  const twin = keys.findIndex(({ kid }, index) => keys.findIndex((key) => key.kid === kid) < index)
  if (twin > 0) throw refusal(`keys[${twin}]`, 'has the kid of another')
  const odd = keys.findIndex(({ alg }) => KINDS[alg].family !== KINDS[first.alg].family)
  if (odd > 0) throw refusal(`keys[${odd}]`, `is for ${keys[odd]?.alg}, which does not go with ${first.alg}`)
  const shared = keys.findIndex((key, index) => keys.slice(0, index).some((other) => areAtOdds(key, other)))
  if (shared > 0) throw refusal(`keys[${shared}]`, 'is the secret of another: a key is for one algorithm')
  return keys as [CheckedJwk, ...CheckedJwk[]]
}

/** Whether one secret is used by two algorithms (RFC 8725 §3.1). */
function areAtOdds(one: CheckedJwk, other: CheckedJwk): boolean {
  if (one.alg === other.alg || !(one.private instanceof Uint8Array)) return false
  return other.private instanceof Uint8Array && equalBytes(one.private, other.private)
}

function checkKey(option: JwtKeyOption, position: string): CheckedJwk {
  const jwk = parsed(option, position)
  const { alg, kid, kty, crv } = jwk
  if (typeof alg !== 'string' || !Object.hasOwn(KINDS, alg))
    throw refusal(position, `needs alg, one of ${Object.keys(KINDS).join(', ')}`)
  if (typeof kid !== 'string' || !KID.test(kid))
    throw refusal(position, 'needs kid, up to 64 letters, digits, dots, dashes and underscores')
  const kind = KINDS[alg as JwtAlgorithm]
  if (kty !== kind.kty || crv !== kind.crv)
    throw refusal(position, `is no key for ${alg}: kty is ${kind.kty}${kind.crv ? `, crv ${kind.crv}` : ''}`)
  checkUse(jwk, kind, position)
  const known = { alg: alg as JwtAlgorithm, kid }
  if (kind.family !== 'pair') return { ...known, public: undefined, private: symmetric(jwk, position) }
  const publicPart = publicOf(jwk, kind, position)
  const d = jwk.d === undefined ? undefined : member(jwk, 'd', position)
  return {
    ...known,
    public: { ...publicPart, kid, alg, use: 'sig' },
    private: d === undefined ? undefined : { ...publicPart, d },
  }
}

function parsed(option: JwtKeyOption, position: string): Jwk {
  if (option === undefined || option === '')
    throw refusal(position, 'is missing: is the environment variable set?')
  try {
    const jwk = typeof option === 'string' ? JSON.parse(option) : option
    if (typeof jwk === 'object' && jwk !== null) return jwk as Jwk
  } catch {}
  throw refusal(position, 'is no JSON Web Key')
}

function publicOf(jwk: Jwk, { kty, crv, members }: Kind, position: string): Jwk {
  const point = Object.fromEntries(members.map((name) => [name, member(jwk, name, position)]))
  if (point.y !== undefined && !isOnP256(point.x as string, point.y))
    throw refusal(position, 'has x and y that are no point of P-256')
  return { kty, crv: crv as string, ...point }
}

/** What the key says it is for must be what its algorithm does (RFC 7517 §4.2, §4.3). */
function checkUse({ alg, use, key_ops, d }: Jwk, { family, ops }: Kind, position: string): void {
  if (use !== undefined && use !== (family === 'encryption' ? 'enc' : 'sig'))
    throw refusal(position, `is for ${alg}, but its use is ${use}`)
  const needed = family === 'pair' ? [ops[d === undefined ? 1 : 0]] : ops
  if (key_ops !== undefined && !(Array.isArray(key_ops) && needed.every((op) => key_ops.includes(op))))
    throw refusal(position, `is for ${alg}, but its key_ops are without ${needed.join(' and ')}`)
}

/** jose takes a secret of any length and kind. */
function symmetric(jwk: Jwk, position: string): Bytes {
  const bytes = typeof jwk.k === 'string' ? fromBase64url(jwk.k) : null
  if (!bytes) throw refusal(position, 'needs k, base64url')
  if (jwk.alg !== 'HS256' && bytes.length !== LENGTH)
    throw refusal(position, `has ${bytes.length} bytes, ${jwk.alg} needs ${LENGTH}`)
  const fault = faultOf(jwk.k as string)
  if (fault) throw refusal(position, fault)
  return bytes
}

function member(jwk: Jwk, name: string, position: string): string {
  const value = jwk[name]
  if (typeof value !== 'string' || fromBase64url(value)?.length !== LENGTH)
    throw refusal(position, `needs ${name}, ${LENGTH} bytes as base64url`)
  const fault = faultOf(value)
  if (fault) throw refusal(`${position}.${name}`, fault)
  return value
}

function refusal(position: string, fault: string): SessionError {
  return new SessionError('config', `jwt: ${position} ${fault}. generateJwk() of keepsake/jwt makes one.`)
}
