import { createHmac } from 'node:crypto'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { describe, it } from 'vitest'
import { KEYS } from '../jwt/kit.ts'
import { bytes, each, type Flaws, flipped, tries } from './jwt-flaws.ts'
import { all, CLAIMS, handmade, headerOf, hmac, made, refuses, segment } from './jwt-kit.ts'
import { bytesOf, textOf } from './kit.ts'

// the kinds of flaws that the JOSE vectors of Wycheproof have, in tokens by our own keys

const PLAIN = JSON.stringify(CLAIMS)
const MAC_KEY = bytesOf(KEYS.HS256.k ?? '')
const SIGNING = ['HS256', 'ES256', 'EdDSA'] as const

describe('T-J15 any token', () => {
  const flaws: Flaws = {
    'a bit of a segment is another': (segments) =>
      bytes(segments, (own) => [0, own.length >> 1, own.length - 1].map((at) => flipped(own, at))),
    'a segment is cut': (segments) =>
      bytes(segments, (own) =>
        [1, 4, 8, own.length / 2].flatMap((by) => [own.subarray(by), own.subarray(0, -by)]),
      ),
    'a segment is longer': (segments) =>
      bytes(segments, (own) => [
        Buffer.concat([own, Buffer.alloc(1)]),
        Buffer.concat([Buffer.alloc(1), own]),
        Buffer.concat([own, own]),
      ]),
    'a segment is empty': (segments) => each(segments, (text) => (text === '' ? [] : [''])),
    'a segment and its separator are missing': (segments) =>
      segments.map((_, at) => segments.toSpliced(at, 1).join('.')),
    'there is a segment more': (segments) =>
      ['', 'AAAA'].flatMap((more) => segments.map((_, at) => segments.toSpliced(at + 1, 0, more).join('.'))),
    'nearly nothing is there': () => ['', '.', '..', '....', '.....'],
    'characters that are not of base64url': (segments) =>
      each(segments, (text) => [
        ...['?', '####', '=', '+', '/', '\u00a0'].flatMap((odd) => [odd + text, text + odd]),
        ...['?', ' ', '    ', '\t', '%3D'].map((odd) => text.slice(0, 8) + odd + text.slice(8)),
        text.replace(/[\w-]/, '?') + (text === '' ? '?' : ''),
      ]),
    'the JSON serialisations': ([header, ...rest], alg) => {
      const [first, second, third, fourth] = rest
      const parts =
        alg in { dir: 1, A256KW: 1 }
          ? { protected: header, encrypted_key: first, iv: second, ciphertext: third, tag: fourth }
          : { protected: header, payload: first, signature: second }
      const general = { payload: first, signatures: [{ protected: header, signature: second }] }
      return [parts, general].flatMap((it) => {
        const json = JSON.stringify(it)
        return [json, encodeURIComponent(json), textOf(Buffer.from(json))]
      })
    },
    'a header of another algorithm before the rest': ([_, ...rest], alg) =>
      ['none', ...all.filter((other) => other !== alg)].map((other) =>
        [segment({ ...headerOf(alg), alg: other }), ...rest].join('.'),
      ),
    'parts of two tokens': async (segments, alg) => {
      const other = (await made(alg, { data: { uid: 'u_2' } })).split('.')
      return segments.flatMap((text, at) => (other[at] === text ? [] : [other.with(at, text).join('.')]))
    },
  }
  tries(flaws, all)
})

describe('T-J15 a header that says the same in other words', () => {
  const wordings = (alg: 'HS256' | 'dir'): readonly string[] => {
    const json = JSON.stringify(headerOf(alg))
    return [
      json.replaceAll('":', '": '),
      ` ${json}`,
      `${json}\n`,
      `\ufeff${json}`,
      json.replace('"alg"', '"\\u0061lg"'),
      json.replace('{', '{"alg":"none",'),
      json.replace('}', `,"alg":"${alg}"}`),
      json.replace('}', ',"alg":"none"}'),
      json.replace('}', `,"kid":"${headerOf(alg).kid}"}`),
      json.replace('"alg"', '"ALG"'),
      json.replace('}', ',"__proto__":{}}'),
      `[${json}]`,
      JSON.stringify(json),
      'null',
      '',
    ]
  }

  it.each(['HS256', 'dir'] as const)('%s', async (alg) => {
    for (const json of wordings(alg)) await refuses(alg, handmade(alg, json, PLAIN), json)
  })
})

describe('T-J15 a signed token', () => {
  const flaws: Flaws = {
    'no algorithm and no signature': ([_, payload], alg) =>
      ['none', 'None', 'NONE'].flatMap((none) => {
        const header = segment({ ...headerOf(alg), alg: none })
        return [`${header}.${payload}.`, `${header}.${payload}`]
      }),
    'by a key that it brings along': async ([header, payload]) => {
      const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
      const theirs = await exportJWK(publicKey)
      const claims = new TextEncoder().encode(PLAIN)
      const sign = (head: object): Promise<string> =>
        new CompactSign(claims).setProtectedHeader({ alg: 'ES256', ...head }).sign(privateKey)
      const { typ, kid } = headerOf('ES256')
      const [, , signature] = (await sign({ typ, kid })).split('.')
      return [
        await sign({ typ, kid, jwk: theirs }),
        await sign({ typ, jwk: { ...theirs, kid } }),
        await sign({ typ, kid }),
        `${header}.${payload}.${signature}`,
      ]
    },
    'by a public key as a shared secret': ([_, payload], alg) =>
      SIGNING.flatMap((pair) => {
        const { x = '', y = '' } = KEYS[pair]
        return [segment(headerOf(alg)), segment({ ...headerOf(alg), alg: 'HS256' })].flatMap((header) => {
          const signed = `${header}.${payload}`
          return [Buffer.concat([bytesOf(x), bytesOf(y)]), x + y, bytesOf(x)].map(
            (key) => `${signed}.${hmac(key, signed)}`,
          )
        })
      }),
    'by another algorithm, under our key id': async (_, ours) => {
      const others = ['HS256', 'HS384', 'HS512', 'ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'] as const
      const made = others.map(async (alg) => {
        const secret = Buffer.concat([MAC_KEY, Buffer.alloc(32, 7)])
        const key = alg.startsWith('HS') ? secret : (await generateKeyPair(alg)).privateKey
        const header = { ...headerOf(ours), alg }
        return new CompactSign(new TextEncoder().encode(PLAIN)).setProtectedHeader(header).sign(key)
      })
      return Promise.all(made)
    },
  }
  tries(flaws, SIGNING)
})

describe('T-J15 a MAC', () => {
  tries(
    {
      'by a key that is none': ([header, payload]) => {
        const signed = `${header}.${payload}`
        const keys = ['', Buffer.alloc(32), Buffer.alloc(64), KEYS.HS256.k ?? '', KEYS.HS256.kid ?? '']
        return keys.map((key) => `${signed}.${hmac(key, signed)}`)
      },
      'by another hash': ([header, payload]) =>
        ['sha1', 'sha384', 'sha512'].flatMap((hash) => {
          const digest = createHmac(hash, MAC_KEY).update(`${header}.${payload}`).digest()
          return [digest, digest.subarray(0, 32)].map((mac) => `${header}.${payload}.${textOf(mac)}`)
        }),
      'of segments that are misspelt': ([header = '', payload = '']) => {
        const misspelt = [
          ...['    ', '####', '?', '='].flatMap((odd) => [
            `${header}${odd}.${payload}`,
            `${header}.${odd}${payload}`,
            `${header}.${payload}${odd}`,
          ]),
          `${header}.${handmade('HS256', headerOf('HS256'), `${PLAIN} `).split('.')[1]?.replace(/.$/, 'B')}`,
        ]
        return misspelt.map((signed) => `${signed}.${hmac(MAC_KEY, signed)}`)
      },
      'of no claims': () =>
        ['', '\0', '[]', 'null', '"{}"', '{}', '{', `${PLAIN}{}`, `[${PLAIN}]`].map((plain) =>
          handmade('HS256', headerOf('HS256'), plain),
        ),
    },
    ['HS256'],
  )
})
