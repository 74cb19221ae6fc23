import { type Bytes, fromBase64url, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { checkStrength } from '../core/secrets.ts'

/** How a key protects: `HS256`, `ES256` and `EdDSA` sign, `dir` and `A256KW` encrypt with A256GCM. */
export type JwtAlgorithm = 'HS256' | 'ES256' | 'EdDSA' | 'dir' | 'A256KW'

/** A key in JSON (RFC 7517), with the `alg` that it is for and the `kid` that it is known by. */
export interface Jwk {
  readonly kty?: string
  readonly alg?: string
  /** Up to 64 letters, digits, `.`, `_` and `-`; it stands in every cookie and in events. */
  readonly kid?: string
  readonly crv?: string
  readonly k?: string
  readonly x?: string
  readonly y?: string
  readonly d?: string
  readonly [member: string]: unknown
}

/** A key, itself or as JSON text, as an environment has it. */
export type JwtKeyOption = Jwk | string | undefined

/** A key whose members are there and of the right length. */
export interface CheckedJwk {
  readonly alg: JwtAlgorithm
  readonly kid: string
  /** Only of a pair: without its private part. */
  readonly public: Jwk | undefined
  /** The bytes of a symmetric key, or the pair with its private part; absent where only the public one is known. */
  readonly private: Bytes | Jwk | undefined
}

interface Kind {
  readonly kty: string
  readonly crv?: string
  /** The members that make it, base64url. */
  readonly members: readonly string[]
  /** Keys of one manager are all of one family: what one of them signs is never checked by another's algorithm. */
  readonly family: 'secret' | 'pair' | 'encryption'
}

export const KINDS: Readonly<Record<JwtAlgorithm, Kind>> = {
  HS256: { kty: 'oct', members: ['k'], family: 'secret' },
  ES256: { kty: 'EC', crv: 'P-256', members: ['x', 'y'], family: 'pair' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', members: ['x'], family: 'pair' },
  dir: { kty: 'oct', members: ['k'], family: 'encryption' },
  A256KW: { kty: 'oct', members: ['k'], family: 'encryption' },
}

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
  return keys as [CheckedJwk, ...CheckedJwk[]]
}

/** Whether the cookie of such a key can be read by nobody without it. */
export function encrypts(alg: JwtAlgorithm): boolean {
  return KINDS[alg].family === 'encryption'
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
  const known = { alg: alg as JwtAlgorithm, kid }
  if (kind.family !== 'pair') return { ...known, public: undefined, private: symmetric(jwk, position) }
  const members = Object.fromEntries(kind.members.map((name) => [name, member(jwk, name, position)]))
  const publicPart = { kty: kind.kty, crv: kind.crv as string, ...members }
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

/** jose takes a secret of any length and kind. */
function symmetric(jwk: Jwk, position: string): Bytes {
  const bytes = typeof jwk.k === 'string' ? fromBase64url(jwk.k) : null
  if (!bytes) throw refusal(position, 'needs k, base64url')
  if (jwk.alg !== 'HS256' && bytes.length !== LENGTH)
    throw refusal(position, `has ${bytes.length} bytes, ${jwk.alg} needs ${LENGTH}`)
  // samples of documentation are known by their text
  for (const form of [bytes, utf8(jwk.k as string)]) checkStrength(form, `jwt: ${position}`)
  return bytes
}

function member(jwk: Jwk, name: string, position: string): string {
  const value = jwk[name]
  if (typeof value === 'string' && fromBase64url(value)?.length === LENGTH) return value
  throw refusal(position, `needs ${name}, ${LENGTH} bytes as base64url`)
}

function refusal(position: string, fault: string): SessionError {
  return new SessionError('config', `jwt: ${position} ${fault}. generateJwk() of keepsake/jwt makes one.`)
}
