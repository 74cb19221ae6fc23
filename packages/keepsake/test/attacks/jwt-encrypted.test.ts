import { createCipheriv } from 'node:crypto'
import { CompactEncrypt, generateKeyPair, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { JwtAlgorithm } from '../../src/jwt.ts'
import { KEYS } from '../jwt/kit.ts'
import { tries } from './jwt-flaws.ts'
import { CLAIMS, encrypted, headerOf, opens, segment } from './jwt-kit.ts'
import { bytesOf, textOf } from './kit.ts'

const PLAIN = JSON.stringify(CLAIMS)

describe('T-J15 an encrypted token', () => {
  const key = Buffer.alloc(32, 0x5a).map((byte, at) => byte ^ (at * 31))
  const wrapped = (content: Uint8Array): string => {
    const cipher = createCipheriv('id-aes256-wrap', bytesOf(KEYS.A256KW.k ?? ''), Buffer.alloc(8, 0xa6))
    return textOf(Buffer.concat([cipher.update(content), cipher.final()]))
  }
  const box = (alg: JwtAlgorithm, iv?: Uint8Array): string =>
    alg === 'dir'
      ? encrypted(segment(headerOf(alg)), '', bytesOf(KEYS.dir.k ?? ''), PLAIN, iv)
      : encrypted(segment(headerOf(alg)), wrapped(key), key, PLAIN, iv)

  test.each(['dir', 'A256KW'] as const)('%s by hand opens, as the measure', async (alg) => {
    expect(await opens(alg, box(alg))).toBe('u_1')
  })

  tries(
    {
      'a tag that begins elsewhere': ([header, encryptedKey, iv, text = '', tag = '']) => {
        const whole = Buffer.concat([bytesOf(text), bytesOf(tag)])
        return [0, 1, 4, 8, 12, 15, 17, 32, whole.length].map((length) =>
          [
            header,
            encryptedKey,
            iv,
            textOf(whole.subarray(0, whole.length - length)),
            textOf(whole.subarray(whole.length - length)),
          ].join('.'),
        )
      },
      'a tag of zeros': (segments) =>
        [12, 16].map((length) => segments.with(4, textOf(Buffer.alloc(length))).join('.')),
      'an iv of another length': (_, alg) =>
        [1, 8, 11, 13, 16].map((length) => box(alg, Buffer.alloc(length, 7))),
      'a key that is wrapped, and nothing to wrap, and the reverse': (segments, alg) =>
        alg === 'dir'
          ? [wrapped(key), 'AAAA', textOf(key)].map((other) => segments.with(1, other).join('.'))
          : ['', textOf(key), textOf(Buffer.alloc(40))].map((other) => segments.with(1, other).join('.')),
      'a content key of another length': (_, alg) => {
        const short = key.subarray(0, 16)
        const header = segment(headerOf(alg))
        return [encrypted(header, alg === 'dir' ? '' : wrapped(short), short, PLAIN)]
      },
      'a key of AES-KW used by AES-GCM, and the reverse': async (_, alg) => {
        const use = async (other: string): Promise<string> => {
          const own = await importJWK({ ...KEYS[alg], alg: other } as Parameters<typeof importJWK>[0], other)
          const header = { ...headerOf(alg), alg: other }
          return new CompactEncrypt(new TextEncoder().encode(PLAIN))
            .setProtectedHeader(header as never)
            .encrypt(own)
        }
        const others = alg === 'dir' ? ['A256KW', 'A256GCMKW'] : ['dir', 'A256GCMKW']
        const values = await Promise.all(others.map(use))
        const header = segment(headerOf(alg))
        return values.flatMap((value) => [value, [header, ...value.split('.').slice(1)].join('.')])
      },
      'for a public key: RSA, and a point that is on no curve': async ([_, ...rest], alg) => {
        const { publicKey } = await generateKeyPair('RSA-OAEP')
        const oaep = await new CompactEncrypt(new TextEncoder().encode(PLAIN))
          .setProtectedHeader({ ...headerOf(alg), alg: 'RSA-OAEP', enc: 'A256GCM' })
          .encrypt(publicKey)
        const epk = { kty: 'EC', crv: 'P-256', x: KEYS.ES256.y, y: KEYS.ES256.x }
        const heads = [{ alg: 'RSA1_5' }, { alg: 'ECDH-ES', epk }, { alg: 'ECDH-ES+A256KW', epk }]
        const { typ, kid } = headerOf(alg)
        return [
          oaep,
          ...heads.map((head) => [segment({ ...head, enc: 'A256GCM', typ, kid }), ...rest].join('.')),
        ]
      },
      'compressed, said or not': (_, alg) => {
        const zip = segment({ ...headerOf(alg), zip: 'DEF' })
        return alg === 'dir'
          ? [encrypted(zip, '', bytesOf(KEYS.dir.k ?? ''), PLAIN)]
          : [encrypted(zip, wrapped(key), key, PLAIN)]
      },
    },
    ['dir', 'A256KW'],
  )
})
