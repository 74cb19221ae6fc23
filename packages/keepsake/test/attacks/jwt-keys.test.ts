import { describe, expect, it } from 'vitest'
import { generateJwk, type Jwk, jwt } from '../../src/jwt.ts'
import { failure } from '../core/kit.ts'
import { ISSUER, KEYS } from '../jwt/kit.ts'
import { bytesOf, textOf } from './kit.ts'

describe('T-J15 a key', () => {
  const { HS256, ES256, EdDSA, dir, A256KW } = KEYS
  const rsa = {
    kty: 'RSA',
    n: textOf(Buffer.alloc(256, 0xc7)),
    e: 'AQAB',
    d: textOf(Buffer.alloc(256, 0x31)),
  }

  it.each<[string, unknown]>([
    ['of a set that mixes secrets with pairs', [HS256, ES256]],
    ['of a set that mixes pairs with secrets', [ES256, HS256]],
    ['of a set that signs and encrypts', [HS256, A256KW]],
    ['whose kid another has', [HS256, { ...HS256, k: dir.k }]],
    ['that is a set', { keys: [HS256] }],
    ['that is a set, as text', JSON.stringify({ keys: [HS256] })],
    ['to encrypt with, by its use', { ...ES256, use: 'enc' }],
    ['to sign with, by its use', { ...A256KW, use: 'sig' }],
    ['to encrypt with, by its key_ops', { ...ES256, key_ops: ['encrypt', 'decrypt'] }],
    ['with key_ops in one text', { ...ES256, key_ops: ['sign, verify'] }],
    ['of RSA', { ...rsa, alg: 'RS256', kid: 'rsa' }],
    ['of RSA, by the name of another', { ...rsa, alg: 'ES256', kid: 'rsa', crv: 'P-256' }],
    ['of RSA with an exponent of one', { ...rsa, e: 'AQ', alg: 'RS256', kid: 'rsa' }],
    ['of 31 bytes', { ...HS256, k: textOf(bytesOf(HS256.k ?? '').subarray(1)) }],
    ['of no bytes', { ...HS256, k: '' }],
    ['of zeros', { ...HS256, k: textOf(Buffer.alloc(32)) }],
    [
      'of 65 bytes that count',
      { ...HS256, k: textOf(Buffer.from(Array.from({ length: 65 }, (_, at) => at))) },
    ],
    ['for an algorithm of another curve', { ...ES256, alg: 'ES512' }],
    ['for an algorithm that there is not', { ...ES256, alg: 'ES224' }],
    ['for every algorithm', { ...ES256, alg: undefined }],
    ['for none', { ...HS256, alg: 'none' }],
    ['for AES-GCM', { ...dir, alg: 'A256GCM' }],
    ['of another curve', { ...ES256, crv: 'P-384' }],
    ['of another kind', { ...ES256, kty: 'RSA' }],
    ['that is a point of no curve', { ...ES256, y: ES256.x }],
    ['that is the point of zeros', { ...ES256, x: textOf(Buffer.alloc(32)), y: textOf(Buffer.alloc(32)) }],
    ['whose coordinate is spelt with padding', { ...ES256, x: `${ES256.x}=` }],
    ['whose coordinate is cut', { ...ES256, x: textOf(bytesOf(ES256.x ?? '').subarray(1)) }],
    ['of two algorithms', [A256KW, { ...A256KW, alg: 'dir', kid: 'other' }]],
  ])('%s is refused', async (_, keys) => {
    const { message } = await failure('config', () => jwt({ keys: keys as Jwk, issuer: ISSUER }))
    expect(message).toContain('generateJwk()')
    for (const secret of [HS256.k, ES256.d, EdDSA.d, dir.k, A256KW.k, rsa.d])
      expect(message).not.toContain(secret)
  })

  it('of 64 bytes is taken, and so are two', async () => {
    const long = { ...HS256, k: textOf(Buffer.concat([bytesOf(HS256.k ?? ''), bytesOf(dir.k ?? '')])) }
    expect(jwt({ keys: [long, await generateJwk('HS256')], issuer: ISSUER })).toBeDefined()
  })
})
