import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JSONWebKeySet,
  jwtDecrypt,
  jwtVerify,
} from 'jose'
import { describe, expect, it } from 'vitest'
import { client } from '../../src/bind.ts'
import { SessionManager } from '../../src/index.ts'
import { generateJwk, type Jwk, type JwtAlgorithm, jwt } from '../../src/jwt.ts'
import { begin, bench, failure, NAME, request, thrownBy, turn } from '../core/kit.ts'
import { cookieOf, toy } from '../import/toy.ts'
import { algorithms, ISSUER, KEYS, tokens, valueIn } from './kit.ts'

const pairs = ['ES256', 'EdDSA'] as const
const rules = { issuer: ISSUER, audience: ISSUER, typ: 'session+jwt' }

describe.each(algorithms)('%s', (alg) => {
  it('carries a session from request to request', async () => {
    const { make, clock } = tokens(alg)
    const sessions = make()
    const first = await turn(sessions, '', (session) => {
      session.login('ada', { label: 'laptop' })
      session.data = { n: 1, deep: { list: ['a', null, 1.5, '\ud800'] } }
      session.flash('notice', 'hello')
      session.remember('2d')
    })
    clock.advance('10m')
    const { session } = await turn(sessions, first.cookie)
    expect(session.data).toEqual({ n: 1, deep: { list: ['a', null, 1.5, '\ud800'] } })
    expect([session.owner, session.peek('notice'), session.id]).toEqual(['ada', 'hello', first.session.id])
    expect([session.createdAt, session.authenticatedAt, session.expiresAt]).toEqual([
      first.session.createdAt,
      first.session.authenticatedAt,
      first.session.expiresAt,
    ])
    expect(session.outcome).toBe('loaded')
  })

  it('has a header of its own members and no other', async () => {
    const cookie = await begin(tokens(alg).make())
    const header = decodeProtectedHeader(valueIn(cookie))
    const enc = alg === 'dir' || alg === 'A256KW' ? { enc: 'A256GCM' } : {}
    expect(header).toEqual({ alg, ...enc, typ: 'session+jwt', kid: KEYS[alg].kid })
  })

  it('changes its keys without logging anybody out', async () => {
    const next = { ...(await generateJwk(alg)), kid: 'next' }
    const { make } = bench('sealed')
    const fleets = [[KEYS[alg]], [KEYS[alg], next], [next, KEYS[alg]], [next]]
    let cookie = ''
    for (const [step, keys] of fleets.entries()) {
      const sessions = make({ protection: jwt({ keys, issuer: ISSUER }) })
      const turned = await turn(sessions, cookie, ({ data }) => {
        data.n = Number(data.n ?? 0) + 1
      })
      expect(turned.session.data).toEqual({ n: step + 1 })
      cookie = turned.cookie
    }
    expect(decodeProtectedHeader(valueIn(cookie)).kid).toBe('next')
  })

  it('names a key that has left, and leaves the cookie', async () => {
    const { make, events } = tokens(alg)
    const cookie = await begin(make())
    const protection = jwt({ keys: { ...(await generateJwk(alg)), kid: 'other' }, issuer: ISSUER })
    const { session, sent } = await turn(make({ protection }), cookie)
    expect([session.outcome, sent]).toEqual(['unknown-key', []])
    expect(events.at(-1)).toEqual({ type: 'unknown-key', keyId: KEYS[alg].kid, keyIds: ['other'] })
  })

  it('takes a generated key, as JSON too', async () => {
    const { make } = bench('sealed')
    const jwk = JSON.stringify(await generateJwk(alg))
    const sessions = make({ protection: jwt({ keys: jwk, issuer: ISSUER }) })
    expect((await turn(sessions, await begin(sessions))).session.data).toEqual({ n: 1 })
  })

  it('tells when it ended, not only that', async () => {
    const { make, clock } = tokens(alg)
    const sessions = make()
    const cookie = await begin(sessions)
    clock.advance('8d')
    expect((await turn(sessions, cookie)).session.outcome).toBe('expired-idle')
    expect((await sessions.explain(request(cookie))).message).toContain('Idle too long')
  })

  it('ends and begins to the millisecond', async () => {
    const { make, clock } = tokens(alg)
    const sessions = make({ clock: () => clock.now() + 789 })
    const { session, cookie } = await turn(sessions, '', ({ data }) => {
      data.n = 1
    })
    const outcomeAt = async (time: number): Promise<string> =>
      (await turn(make({ clock: () => time }), cookie)).session.outcome
    const { createdAt, expiresAt } = session
    expect(await outcomeAt(expiresAt - 1)).toBe('loaded')
    expect(await outcomeAt(expiresAt)).toBe('expired-idle')
    expect(await outcomeAt(createdAt - 60_000)).toBe('loaded')
    expect(await outcomeAt(createdAt - 60_001)).toBe('malformed')
    expect(await outcomeAt(Number.NaN)).not.toBe('loaded')
  })
})

describe('another service', () => {
  it.each(pairs)('verifies %s with the published keys', async (alg) => {
    const { make, protection, clock } = tokens(alg)
    const { cookie, session } = await turn(make(), '', (it) => {
      it.login('ada')
      it.data = { cart: ['tea'] }
    })
    const published = JSON.parse(JSON.stringify(protection.jwks())) as JSONWebKeySet
    expect(JSON.stringify(published)).not.toContain('"d"')
    const { payload } = await jwtVerify(valueIn(cookie), createLocalJWKSet(published), {
      ...rules,
      currentDate: new Date(clock.now()),
    })
    const now = Math.floor(clock.now() / 1000)
    expect(payload).toMatchObject({
      iss: ISSUER,
      aud: ISSUER,
      sub: 'ada',
      jti: session.id,
      iat: now,
      exp: Math.ceil(session.expiresAt / 1000),
      auth_time: now,
      data: { cart: ['tea'] },
    })
  })

  it('goes on verifying while the keys change, by their address alone', async () => {
    const next = { ...(await generateJwk('EdDSA')), kid: 'next' }
    const { make, clock } = bench('sealed')
    let protection = jwt({ keys: KEYS.ES256, issuer: ISSUER })
    const server = createServer((_, response) => response.end(JSON.stringify(protection.jwks())))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const published = createRemoteJWKSet(new URL(`http://127.0.0.1:${port}/`), { cooldownDuration: 0 })
      let cookie = ''
      for (const keys of [[KEYS.ES256], [KEYS.ES256, next], [next, KEYS.ES256], [next]]) {
        protection = jwt({ keys, issuer: ISSUER })
        const turned = await turn(make({ protection }), cookie, (session) => {
          session.login('ada')
        })
        cookie = turned.cookie
        const { payload, protectedHeader } = await jwtVerify(valueIn(cookie), published, {
          ...rules,
          algorithms: ['ES256', 'EdDSA'],
          currentDate: new Date(clock.now()),
        })
        expect([payload.sub, protectedHeader.kid]).toEqual(['ada', keys[0]?.kid])
      }
    } finally {
      server.close()
    }
  })

  it('verifies HS256 with the shared secret, and decrypts dir and A256KW', async () => {
    for (const alg of ['HS256', 'dir', 'A256KW'] as const) {
      const { make, clock } = tokens(alg)
      const value = valueIn(await begin(make(), { n: alg }))
      const key = await importJWK(KEYS[alg] as Parameters<typeof importJWK>[0], alg)
      const options = { ...rules, currentDate: new Date(clock.now()) }
      const { payload } =
        alg === 'HS256' ? await jwtVerify(value, key, options) : await jwtDecrypt(value, key, options)
      expect(payload.data).toEqual({ n: alg })
    }
  })

  it('sees the audience of the manager, where there is one', async () => {
    const { make } = tokens('ES256', { audience: 'https://shop.example' })
    expect(decodeJwt(valueIn(await begin(make())))).toMatchObject({
      iss: ISSUER,
      aud: 'https://shop.example',
    })
  })

  it('sees no subject of an anonymous visitor', async () => {
    const { make } = tokens('ES256')
    expect(decodeJwt(valueIn(await begin(make())))).not.toHaveProperty('sub')
  })

  it.each(['HS256', 'dir', 'A256KW'] as const)('is told no key of %s', async (alg) => {
    await failure('not_supported', () => tokens(alg).protection.jwks())
  })
})

describe('keys', () => {
  const refused = async (keys: unknown, more: object = {}): Promise<string> => {
    const options = { keys, issuer: ISSUER, ...more } as Parameters<typeof jwt>[0]
    return (await failure('config', () => jwt(options))).message
  }
  const { HS256, ES256, EdDSA, dir, A256KW } = KEYS

  it.each([
    ['none', undefined, 'is missing'],
    ['an empty text', '', 'is missing'],
    ['an empty list', [], 'no private part'],
    ['a text that is no JSON', 'secret', 'no JSON Web Key'],
    ['null', 'null', 'no JSON Web Key'],
    ['one without alg', { ...HS256, alg: undefined }, 'needs alg'],
    ['one for another alg', { ...HS256, alg: 'none' }, 'needs alg'],
    ['one named like a method', { ...HS256, alg: 'toString' }, 'needs alg'],
    ['one without kid', { ...HS256, kid: undefined }, 'needs kid'],
    ['one with a kid of many characters', { ...HS256, kid: 'k'.repeat(65) }, 'needs kid'],
    ['one with a line break in its kid', { ...HS256, kid: 'a\nb' }, 'needs kid'],
    ['one of another kty', { ...ES256, alg: 'HS256' }, 'is no key for HS256'],
    ['one of another curve', { ...ES256, crv: 'P-384' }, 'crv P-256'],
    ['eight bytes for HS256', { ...HS256, k: 'AAECAwQFBgc' }, 'has 8 bytes'],
    ['sixteen for dir', { ...dir, k: 'AAECAwQFBgcICQoLDA0ODw' }, 'dir needs 32'],
    ['a secret that is all one letter', { ...HS256, k: 'A'.repeat(43) }, 'different characters'],
    ['padding', { ...HS256, k: `${HS256.k}=` }, 'base64url'],
    ['a pair without a part', { ...ES256, y: undefined }, 'needs y'],
    ['a pair with a short part', { ...EdDSA, x: 'AAAA' }, 'needs x'],
    ['a public key first', { ...ES256, d: undefined }, 'no private part'],
    ['one kid twice', [ES256, { ...ES256 }], 'kid of another'],
    ['a pair and a secret', [ES256, HS256], 'does not go with'],
    ['a signing and an encrypting one', [HS256, { ...dir }], 'does not go with'],
    ['a key to encrypt with, for signing', { ...ES256, use: 'enc' }, 'use is enc'],
    ['a key to sign with, for encrypting', { ...dir, use: 'sig' }, 'use is sig'],
    ['a use that is no text', { ...HS256, use: null }, 'use is null'],
    ['a private key that may only verify', { ...ES256, key_ops: ['verify'] }, 'key_ops'],
    ['a public key that may only sign', [EdDSA, { ...ES256, d: undefined, key_ops: ['sign'] }], 'key_ops'],
    ['a secret that may not verify', { ...HS256, key_ops: ['sign'] }, 'key_ops'],
    ['a key that may wrap, for encrypting', { ...dir, key_ops: ['wrapKey', 'unwrapKey'] }, 'key_ops'],
    ['key_ops that are no list', { ...A256KW, key_ops: 'wrapKey unwrapKey' }, 'key_ops'],
    ['one secret for two algorithms', [dir, { ...dir, alg: 'A256KW', kid: 'kw-2' }], 'for one algorithm'],
    ['a point that is not on its curve', { ...ES256, x: ES256.y }, 'x and y'],
    [
      'coordinates beyond the curve',
      { ...ES256, y: Buffer.alloc(32, 0xff).toString('base64url') },
      'y has only 1',
    ],
    ['a private part that can be guessed', { ...ES256, d: `${'A'.repeat(42)}E` }, 'd has only 2'],
    ['the key of zeros', [ES256, { ...EdDSA, d: undefined, x: 'A'.repeat(43) }], 'x has only 1'],
  ])('refuses %s', async (_, keys, why) => {
    const message = await refused(keys)
    expect(message).toContain(why)
    for (const part of [HS256.k, ES256.d, EdDSA.d, dir.k]) expect(message).not.toContain(part)
  })

  it.each([
    [
      'RFC 7515 A.1',
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    ],
    ['RFC 7520 3.5', 'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg'],
    ['RFC 7520 5.7', 'qC57l_uxcm7Nm3K-ct4GFjx8tM1U8CZ0NLBvdQstiS8'],
  ])('refuses the secret of %s, which everybody knows', async (_, k) => {
    expect(await refused({ ...HS256, k })).toContain('sample')
  })

  it.each([
    [
      'RFC 7515 A.3',
      'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    ],
    [
      'RFC 7517 A.1',
      'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    ],
    ['jwt.io', 'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84', 'kGe5DgSIycKp8w9aJmoHhB1sB3QTugfnRWm5nU_TzsY'],
    ['RFC 8037 A.1', '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', undefined],
  ])('refuses the pair of %s, also as a former key', async (_, x, y) => {
    const ours = y ? ES256 : EdDSA
    const { d: _d, ...known } = { ...ours, x, y, kid: 'known' }
    expect(await refused([ours, known])).toContain('keys[1].x is a sample')
  })

  it('refuses an issuer that is none, and options it does not know', async () => {
    expect(await refused(HS256, { issuer: '' })).toContain('issuer')
    expect(await refused(HS256, { audience: 'x' })).toContain('audience is not an option')
  })

  it.each(pairs)('says so when the parts of a pair of %s do not belong together', async (alg) => {
    const { d } = await generateJwk(alg)
    const sessions = bench('sealed').make({
      protection: jwt({ keys: { ...KEYS[alg], d: d as string }, issuer: ISSUER }),
    })
    const { message } = await failure('config', () => begin(sessions))
    expect(message).toContain(`the key ${KEYS[alg].kid} is no valid key for ${alg}`)
    expect(message).toContain('generateJwk')
  })

  it.each(algorithms)('takes a key of %s with a use and operations that fit', async (alg) => {
    const ops = { HS256: ['sign', 'verify'], dir: ['encrypt', 'decrypt'], A256KW: ['wrapKey', 'unwrapKey'] }
    const key_ops = alg in ops ? ops[alg as keyof typeof ops] : ['sign']
    const use = alg === 'dir' || alg === 'A256KW' ? 'enc' : 'sig'
    const keys = { ...KEYS[alg], use, key_ops }
    const sessions = bench('sealed').make({ protection: jwt({ keys, issuer: ISSUER }) })
    expect((await turn(sessions, await begin(sessions))).session.data).toEqual({ n: 1 })
  })

  it('publishes copies, so that nobody changes the keys by them', async () => {
    const { make, protection } = tokens('ES256')
    Object.assign(protection.jwks().keys[0] as object, { x: ES256.y, kid: 'other' })
    expect(protection.jwks().keys[0]).toMatchObject({ x: ES256.x, kid: ES256.kid })
    const sessions = make()
    expect((await turn(sessions, await begin(sessions))).session.data).toEqual({ n: 1 })
  })

  it('makes none for an algorithm that there is not', async () => {
    expect(await thrownBy(() => generateJwk('RS256' as never))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('HS256, ES256, EdDSA, dir, A256KW'),
    })
  })

  it('mixes pairs, and kinds of encryption', async () => {
    for (const [from, to] of [
      ['ES256', 'EdDSA'],
      ['dir', 'A256KW'],
    ] as [JwtAlgorithm, JwtAlgorithm][]) {
      const { make } = tokens(from)
      const cookie = await begin(make())
      const both = make({ protection: jwt({ keys: [KEYS[to], KEYS[from]], issuer: ISSUER }) })
      const next = await turn(both, cookie, ({ data }) => {
        data.n = 2
      })
      expect(decodeProtectedHeader(valueIn(next.cookie)).alg).toBe(to)
      expect((await turn(both, next.cookie)).session.data).toEqual({ n: 2 })
    }
    expect(A256KW.alg).toBe('A256KW')
  })

  it('opens with a former key of which only the public part is left', async () => {
    const { make } = tokens('ES256')
    const cookie = await begin(make())
    const { d: _, ...former }: Jwk = ES256
    const protection = jwt({ keys: [EdDSA, former], issuer: ISSUER })
    expect((await turn(make({ protection }), cookie)).session.outcome).toBe('loaded')
    expect(protection.jwks().keys.map(({ kid, use }) => [kid, use])).toEqual([
      ['ed-1', 'sig'],
      ['ec-1', 'sig'],
    ])
  })
})

describe('the manager', () => {
  it('refuses it beside a store, where it would do nothing', async () => {
    const { protection } = tokens('ES256')
    const error = await failure('config', () => bench('stored').make({ protection }))
    expect(error.message).toContain('protection')
  })

  it('goes on making one-off tokens with its secrets', async () => {
    const sessions = tokens('ES256').make()
    const token = await sessions.seal('invite', 'ada', { ttl: '1h' })
    expect(await sessions.unseal('invite', token)).toBe('ada')
    expect(token).not.toContain('.')
  })

  it('opens neither our own seals, nor do managers of those open tokens', async () => {
    const { make } = tokens('HS256')
    const { make: plain } = bench('sealed')
    expect((await turn(make(), await begin(plain()))).session.outcome).toBe('malformed')
    expect((await turn(plain(), await begin(make()))).session.outcome).toBe('malformed')
    expect((await turn(plain({ protection: 'sign' }), await begin(make()))).session.outcome).toBe('malformed')
  })

  it('reads sessions from a former name', async () => {
    const { make } = tokens('ES256')
    const old = make({ cookie: { name: '__Host-old' } })
    const { sent } = await turn(old, '', ({ data }) => {
      data.n = 1
    })
    const cookie = sent[0]?.split(';', 1)[0] ?? ''
    const sessions = make({ cookie: { previous: [{ name: '__Host-old' }] } })
    expect((await turn(sessions, cookie)).session.data).toEqual({ n: 1 })
    expect((await turn(make(), `${NAME}=${cookie.split('=')[1]}`)).session.outcome).toBe('tampered')
  })

  it('keeps what ties a session to its client', async () => {
    const sessions = tokens('ES256', { bind: client(['user-agent']) }).make()
    const cookie = await begin(sessions)
    expect((await turn(sessions, cookie)).session.data).toEqual({ n: 1 })
    const elsewhere = await sessions.load(request(cookie, { 'user-agent': 'another' }))
    expect([elsewhere.outcome, elsewhere.data]).toEqual(['bound-elsewhere', {}])
  })

  it.each([true, false])('keeps what moved in, persistent: %s', async (persistent) => {
    const sessions = tokens('ES256', { accept: [toy()], persistent }).make()
    const { cookie } = await turn(sessions, cookieOf({ cart: ['tea'] }))
    const { session } = await turn(sessions, cookie)
    expect([session.outcome, session.data]).toEqual(['loaded', { cart: ['tea'] }])
  })

  it('ends with the browser, where it is to', async () => {
    const sessions = tokens('ES256').make()
    const { cookie } = await turn(sessions, '', (session) => {
      session.data.n = 1
      session.remember(false)
    })
    const { session, sent } = await turn(sessions, cookie, ({ data }) => {
      data.n = 2
    })
    expect([session.outcome, sent.length]).toEqual(['loaded', 1])
    expect(sent[0]).not.toContain('Max-Age')
  })

  it('needs secrets as ever', async () => {
    const { protection } = tokens('ES256')
    await failure('config', () => new SessionManager({ protection } as never))
  })
})
