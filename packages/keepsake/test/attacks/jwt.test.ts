import { createPublicKey } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { CompactEncrypt, EncryptJWT, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { ISSUER, KEYS } from '../jwt/kit.ts'
import { all, CLAIMS, handmade, headerOf, hmac, ID, keyOf, made, opens, refuses, segment } from './jwt-kit.ts'
import { bytesOf, N, SECRETS, T0, turn } from './kit.ts'

test('a token by another implementation opens, as the measure for the rest', async () => {
  for (const alg of all) expect(await opens(alg, await made(alg)), alg).toBe('u_1')
})

test('T-J1', async () => {
  for (const alg of all) {
    for (const name of ['none', 'None', 'NONE', 'nOnE', undefined]) {
      const unsigned = `${segment({ ...headerOf(alg), alg: name })}.${segment(CLAIMS)}`
      for (const value of [unsigned, `${unsigned}.`, `${unsigned}.AAAA`]) await refuses(alg, value, value)
    }
  }
})

test('T-J2', async () => {
  for (const alg of ['ES256', 'EdDSA'] as const) {
    const { kty, crv, x, y } = KEYS[alg]
    const open = createPublicKey({ key: { kty, crv, x, y } as never, format: 'jwk' })
    const forms = [
      open.export({ type: 'spki', format: 'pem' }),
      open.export({ type: 'spki', format: 'der' }),
      JSON.stringify({ kty, crv, x, y }),
      Buffer.concat([bytesOf(x ?? ''), bytesOf(y ?? '')]),
    ]
    for (const form of forms) {
      const signed = `${segment({ ...headerOf(alg), alg: 'HS256' })}.${segment(CLAIMS)}`
      await refuses(alg, `${signed}.${hmac(form, signed)}`, alg)
      const disguised = `${segment(headerOf(alg))}.${segment(CLAIMS)}`
      await refuses(alg, `${disguised}.${hmac(form, disguised)}`, alg)
    }
  }
})

test('T-J4', async () => {
  for (const alg of all) {
    for (const typ of [
      'JWT',
      'at+jwt',
      'dbsc+jwt',
      'session',
      'SESSION+JWT',
      'application/session+jwt',
      undefined,
    ])
      await refuses(alg, await made(alg, {}, { typ }), `${alg} ${typ}`)
  }
})

test('T-J5', async () => {
  for (const alg of all) {
    for (const name of ['exp', 'iat', 'jti', 'iss', 'aud', 'data', 'ks'])
      await refuses(alg, await made(alg, { [name]: undefined }), `${alg} without ${name}`)
    const odd = {
      exp: ['9999999999', null, -1, T0 / 1000, 9_999_999_999],
      iat: ['0', null, T0 / 1000 + 61, T0 / 1000 - 1],
      jti: ['', 'AAAA', `${ID}=`, 7],
      nbf: [T0 / 1000 + 61],
      sub: [7, {}, null],
      data: [[], null, 'x'],
      flash: [[], 'x'],
      auth_time: [T0 / 1000, null],
      ks: [[], null, 'x', ...Object.keys(CLAIMS.ks).map((name) => ({ ...CLAIMS.ks, [name]: undefined }))],
    }
    for (const [name, values] of Object.entries(odd))
      for (const value of values)
        await refuses(alg, await made(alg, { [name]: value }), `${alg} ${name} ${JSON.stringify(value)}`)
    for (const more of [
      { n: 'other' },
      { c: -1 },
      { i: T0 + 0.5 },
      { e: T0 },
      { r: '7' },
      { p: false },
      { b: 7 },
      { a: 'x' },
      { l: 7 },
      { z: 1 },
    ])
      await refuses(alg, await made(alg, { ks: { ...CLAIMS.ks, ...more } }), `${alg} ${JSON.stringify(more)}`)
  }
})

test('T-J8', async () => {
  const json = JSON.stringify(CLAIMS)
  for (const alg of ['HS256', 'dir'] as const) {
    expect(await opens(alg, handmade(alg, headerOf(alg), json)), 'the measure').toBe('u_1')
    for (const extra of [
      { crit: ['x'], x: 1 },
      { crit: [] },
      { b64: false, crit: ['b64'] },
      { jku: 'https://evil.example/jwks' },
      { jwk: KEYS.ES256 },
      { x5c: ['AAAA'] },
      { cty: 'JWT' },
      { p2c: 2 ** 31, p2s: 'AAAA' },
      { iat: 1 },
    ]) {
      const header = { ...headerOf(alg), ...extra }
      await refuses(alg, handmade(alg, header, json), `${alg} ${JSON.stringify(extra)}`)
    }
    const { typ, ...rest } = headerOf(alg)
    await refuses(alg, handmade(alg, { typ, ...rest }, json), 'in another order')
  }
  const bomb = deflateRawSync(Buffer.alloc(2_000_000, 0x20))
  for (const plain of [deflateRawSync(json), bomb]) {
    await refuses('dir', handmade('dir', { ...headerOf('dir'), zip: 'DEF' }, plain), 'zip')
    await refuses('dir', handmade('dir', headerOf('dir'), plain), 'compressed without saying so')
  }
})

test('T-J9', async () => {
  for (const alg of all) {
    for (const aud of [
      'https://other.example',
      '',
      [ISSUER],
      [ISSUER, 'https://other.example'],
      7,
      `${ISSUER}/`,
    ])
      await refuses(alg, await made(alg, { aud }), `${alg} aud ${JSON.stringify(aud)}`)
    for (const iss of ['https://other.example', '', `${ISSUER}/`, [ISSUER]])
      await refuses(alg, await made(alg, { iss }), `${alg} iss ${JSON.stringify(iss)}`)
  }
})

/** Other texts that lenient decoders take for the same bytes, or nearly. */
function spellings(text: string): string[] {
  const ends = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const others = text
    ? [...ends].filter((last) => last !== text.at(-1)).map((last) => text.slice(0, -1) + last)
    : []
  return [`${text}=`, `${text}\n`, ` ${text}`, `${text.slice(0, 4)} ${text.slice(4)}`, `${text}A`, ...others]
}

test('T-J10', async () => {
  for (const alg of all) {
    const segments = (await made(alg)).split('.')
    for (const [at, text] of segments.entries())
      for (const other of spellings(text))
        await refuses(alg, segments.with(at, other).join('.'), `${alg} segment ${at}: ${other}`)
  }
})

test('T-J12', async () => {
  const direct = await keyOf('dir')
  for (const alg of ['A256KW', 'A256GCMKW', 'A128KW'] as const) {
    const header = { ...headerOf('dir'), alg }
    const key = alg === 'A128KW' ? (direct as Uint8Array).slice(0, 16) : direct
    const value = await new EncryptJWT(CLAIMS).setProtectedHeader(header as never).encrypt(key)
    await refuses('dir', value, alg)
  }
  const { publicKey } = await generateKeyPair('ECDH-ES')
  const header = { ...headerOf('dir'), alg: 'ECDH-ES' }
  await refuses(
    'dir',
    await new EncryptJWT(CLAIMS).setProtectedHeader(header as never).encrypt(publicKey),
    'ECDH-ES',
  )
  for (const enc of ['A128GCM', 'A128CBC-HS256', 'A256CBC-HS512']) {
    const length = { A128GCM: 16, 'A128CBC-HS256': 32, 'A256CBC-HS512': 64 }[enc]
    const cek = new Uint8Array(length ?? 0).fill(7)
    const value = await new EncryptJWT(CLAIMS)
      .setProtectedHeader({ ...headerOf('dir'), enc } as never)
      .encrypt(cek)
    await refuses('dir', value, enc)
    await refuses('dir', [segment(headerOf('dir')), ...value.split('.').slice(1)].join('.'), `${enc}, hidden`)
  }
  await refuses('A256KW', await made('dir'), 'dir to A256KW')
  await refuses('dir', await made('A256KW'), 'A256KW to dir')
  await refuses('HS256', await made('dir'), 'dir to HS256')
})

test('T-J14', async () => {
  for (const alg of all) {
    const segments = (await made(alg)).split('.')
    for (let length = 0; length < segments.length; length++)
      await refuses(alg, segments.slice(0, length).join('.'), `${alg}, ${length} segments`)
    await refuses(alg, [...segments, ''].join('.'), `${alg}, one more`)
    await refuses(alg, [...segments, 'AAAA', 'AAAA'].join('.'), `${alg}, two more`)
    for (const at of segments.keys()) {
      if (segments[at] !== '') await refuses(alg, segments.with(at, '').join('.'), `${alg}, ${at} empty`)
    }
    const [header, payload, signature] = segments
    const json = { payload, signatures: [{ protected: header, signature }], protected: header, signature }
    await refuses(alg, encodeURIComponent(JSON.stringify(json)), `${alg} as JSON`)
    await refuses(alg, JSON.stringify(json).replaceAll(/[",\\]/g, ''), `${alg} as JSON, bare`)
  }
  const nested = await new CompactEncrypt(new TextEncoder().encode(await made('HS256')))
    .setProtectedHeader({ ...headerOf('dir'), cty: 'JWT' } as never)
    .encrypt(await keyOf('dir'))
  await refuses('dir', nested, 'nested')
  await refuses('HS256', `${await made('HS256', { pad: 'x'.repeat(4_000) })}`, 'longer than a cookie')
})

test('a manager with a store takes a token for nothing of its own', async () => {
  const store = new MemoryStore()
  const sessions = new SessionManager({ secrets: SECRETS[0], store, onEvent: () => undefined })
  const { outcome, sent } = await turn({ sessions } as never, `${N}=${await made('HS256')}`)
  expect([outcome, sent]).toEqual(['malformed', []])
})
