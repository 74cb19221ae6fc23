import { type Jwk, type JwtAlgorithm, type JwtProtection, jwt } from '../../src/jwt.ts'
import { type Bench, bench, NAME, type Options } from '../core/kit.ts'

export const ISSUER = 'https://app.example'

/** One key for each algorithm; they guard nothing. */
export const KEYS: Readonly<Record<JwtAlgorithm, Jwk>> = {
  HS256: { kty: 'oct', k: 'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3A', alg: 'HS256', kid: 'mac-1' },
  dir: { kty: 'oct', k: 'm3VbX9eKc7RtZ1uQyWn5aLd8sGf2hJp6oTiUkExNrYA', alg: 'dir', kid: 'dir-1' },
  A256KW: { kty: 'oct', k: 'q8ZkLwM2vHs6Ty0RjNc4bXf9GdPe1uAo7iKtQyWxE5A', alg: 'A256KW', kid: 'kw-1' },
  ES256: {
    kty: 'EC',
    crv: 'P-256',
    x: 'jUdoqKVbMBMSyQbMxwHp7JnGeMfw6aV1x0VmGoUkgkE',
    y: 'HBr53x1OmxpGM1NI9jyeXp79LPjiBiX2tcVgWMmtOts',
    d: 'O-XXJBwSPREB33_1pFIe7OO65GO3n0nEYedPn2BWx1A',
    alg: 'ES256',
    kid: 'ec-1',
  },
  EdDSA: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: '3dNXEN9T7_ETgzJHoe_y_PJrBijQh5KhVKVcOmYvUn4',
    d: '4tsUBj0XweJ5shDcczrnDV17Yybpe1lKC5n5_N8QSJw',
    alg: 'EdDSA',
    kid: 'ed-1',
  },
}

export const algorithms = Object.keys(KEYS) as JwtAlgorithm[]

/** A bench whose managers seal with this key, and the protection they have. */
export function tokens(alg: JwtAlgorithm, options: Options = {}): Bench & { protection: JwtProtection } {
  const protection = jwt({ keys: KEYS[alg], issuer: ISSUER })
  return { ...bench('sealed', { protection, ...options }), protection }
}

/** The value in a Cookie header. */
export function valueIn(cookie: string): string {
  return cookie.slice(NAME.length + 1)
}
