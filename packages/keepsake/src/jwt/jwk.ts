import type { Bytes } from '../core/bytes.ts'

/** How a key protects: `HS256`, `ES256` and `EdDSA` sign, `dir` and `A256KW` encrypt with A256GCM. */
export type JwtAlgorithm = 'HS256' | 'ES256' | 'EdDSA' | 'dir' | 'A256KW'

/** A key in JSON (RFC 7517), with the `alg` that it is for and the `kid` that it is known by. */
export interface Jwk {
  readonly kty?: string
  readonly alg?: string
  /** Up to 64 letters, digits, `.`, `_` and `-`; it stands in every cookie and in events. */
  readonly kid?: string
  readonly crv?: string
  /** `sig` or `enc`, where it is there. */
  readonly use?: string
  /** As the platform exports them, where they are there: `sign` of a private key, `verify` of a public one. */
  readonly key_ops?: readonly string[]
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

export interface Kind {
  readonly kty: string
  readonly crv?: string
  /** The members that make it, base64url. */
  readonly members: readonly string[]
  /** Keys of one manager are all of one family: what one of them signs is never checked by another's algorithm. */
  readonly family: 'secret' | 'pair' | 'encryption'
  /** What it does to seal and to open. */
  readonly ops: readonly [seal: KeyUsage, open: KeyUsage]
}

const SIGNS = ['sign', 'verify'] as const

export const KINDS: Readonly<Record<JwtAlgorithm, Kind>> = {
  HS256: { kty: 'oct', members: ['k'], family: 'secret', ops: SIGNS },
  ES256: { kty: 'EC', crv: 'P-256', members: ['x', 'y'], family: 'pair', ops: SIGNS },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', members: ['x'], family: 'pair', ops: SIGNS },
  dir: { kty: 'oct', members: ['k'], family: 'encryption', ops: ['encrypt', 'decrypt'] },
  A256KW: { kty: 'oct', members: ['k'], family: 'encryption', ops: ['wrapKey', 'unwrapKey'] },
}

/** Whether the cookie of such a key can be read by nobody without it. */
export function encrypts(alg: JwtAlgorithm): boolean {
  return KINDS[alg].family === 'encryption'
}
