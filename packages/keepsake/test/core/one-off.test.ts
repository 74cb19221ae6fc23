import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Json, MemoryStore, SessionManager, type Store, type Transient } from '../../src/index.ts'
import { after, begin, bench, failure, maxAge, request, SECRETS, turn } from './kit.ts'

fc.configureGlobal({ seed: 1 })

const HOUR = { ttl: '1h' } as const
const setUp = () => {
  const { make, clock } = bench('sealed')
  return { make, clock, sessions: make() }
}

describe('seal and unseal', () => {
  test('any JSON comes back, under its purpose', async () => {
    const { sessions } = setUp()
    const values = fc
      .jsonValue({ maxDepth: 3 })
      .filter((value) => !JSON.stringify(value).includes('__proto__'))
    await fc.assert(
      fc.asyncProperty(values, fc.string({ maxLength: 40 }), async (value, purpose) => {
        const opened = await sessions.unseal(purpose, await sessions.seal(purpose, value as Json, HOUR))
        expect(opened).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('one line of base64url, and no two alike', async () => {
    const { sessions } = setUp()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => sessions.seal('reset', 'ada', HOUR)))
    expect(new Set(tokens).size).toBe(20)
    expect(tokens.every((token) => /^[\w-]+$/.test(token))).toBe(true)
  })

  test('nothing of the value can be read in it, though sessions be only signed', async () => {
    const token = await setUp().make({ protection: 'sign' }).seal('reset', 'ada@example.test', HOUR)
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('ada')
  })

  test.each([
    '',
    'Reset',
    'reset ',
    'reset2',
    'token:reset',
    'reset\0',
  ])('not for the purpose %j', async (other) => {
    const { sessions } = setUp()
    const token = await sessions.seal('reset', 'ada', HOUR)
    expect(await sessions.unseal(other, token)).toBeUndefined()
  })

  test('not altered, not cut, not with something behind it', async () => {
    const { sessions } = setUp()
    const token = await sessions.seal('reset', 'ada', HOUR)
    const other = token.replace(/.(?=.{20}$)/, (character) => (character === 'A' ? 'B' : 'A'))
    for (const text of [
      other,
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      '',
      '…',
    ]) {
      expect(await sessions.unseal('reset', text)).toBeUndefined()
    }
  })

  test('any text is unsealed without a throw', async () => {
    const { sessions } = setUp()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        expect(await sessions.unseal('reset', text)).toBeUndefined()
      }),
    )
    expect(await sessions.unseal('reset', 'A'.repeat(1_000_000))).toBeUndefined()
  })

  test('until its time is over, to the millisecond', async () => {
    const { sessions, clock } = setUp()
    const token = await sessions.seal('reset', 'ada', { ttl: '15m' })
    clock.set(clock.now() + 15 * 60_000 - 1)
    expect(await sessions.unseal('reset', token)).toBe('ada')
    clock.set(clock.now() + 1)
    expect(await sessions.unseal('reset', token)).toBeUndefined()
  })

  test('for longer than any session, up to 400 days', async () => {
    const { make, clock } = setUp()
    const sessions = make({ lifetime: '1h', idleTimeout: '1h' })
    const token = await sessions.seal('unsubscribe', 'ada', { ttl: '400d' })
    clock.advance('399d')
    expect(await sessions.unseal('unsubscribe', token)).toBe('ada')
    clock.advance('1d')
    expect(await sessions.unseal('unsubscribe', token)).toBeUndefined()
  })

  test('it is not used up', async () => {
    const { sessions } = setUp()
    const token = await sessions.seal('reset', 'ada', HOUR)
    for (let i = 0; i < 3; i++) expect(await sessions.unseal('reset', token)).toBe('ada')
  })

  test('made with a former secret it opens; with a foreign one, or for another audience, not', async () => {
    const { make } = setUp()
    const token = await make({ secrets: SECRETS[0] }).seal('reset', 'ada', HOUR)
    const opened = (options: object) => make(options).unseal('reset', token)
    expect(await opened({ secrets: [SECRETS[1], SECRETS[0]] })).toBe('ada')
    expect(await opened({ secrets: SECRETS[1] })).toBeUndefined()
    expect(await opened({ audience: 'other' })).toBeUndefined()
    expect(await opened({ cookie: { name: 'other' } })).toBe('ada')
  })

  test.each([0, -1, '401d', '1w', undefined, null])('a ttl of %j is refused', async (ttl) => {
    const { sessions } = setUp()
    await failure('config', () => sessions.seal('reset', 'ada', { ttl: ttl as never }))
  })

  test('what JSON can’t carry is refused, with its path', async () => {
    const { sessions } = setUp()
    const { path } = await failure('invalid_data', () =>
      sessions.seal('reset', { at: new Date(0) } as unknown as Json, HOUR),
    )
    expect(path).toBe('value.value.at')
  })

  test('over 4096 characters it is too large, with the numbers', async () => {
    const { sessions } = setUp()
    const { size, limit } = await failure('too_large', () => sessions.seal('reset', 'x'.repeat(4_096), HOUR))
    expect(limit).toBe(4_096)
    expect(size).toBeGreaterThan(4_096)
    const largest = await sessions.seal('reset', 'x'.repeat(2_900), HOUR)
    expect(await sessions.unseal('reset', largest)).toHaveLength(2_900)
  })

  test('without secrets it is not supported, and says what makes one', async () => {
    const sessions = new SessionManager({ store: new MemoryStore() })
    for (const call of [
      () => sessions.seal('reset', 'ada', HOUR),
      () => sessions.unseal('reset', 'x'),
      () => sessions.transient('oauth').set('state'),
    ]) {
      expect((await failure('not_supported', call)).message).toContain('npx keepsake secret')
    }
  })

  test('with a store and secrets it works, and calls no store', async () => {
    const { make } = bench('stored')
    const call = (): never => {
      throw new Error('called')
    }
    const store: Store = {
      consistency: 'strong',
      get: call,
      create: call,
      update: call,
      touch: call,
      delete: call,
    }
    const sessions = make({ store })
    expect(await sessions.unseal('reset', await sessions.seal('reset', 'ada', HOUR))).toBe('ada')
  })
})

describe('sessions and one-off tokens', () => {
  test('none opens as the other', async () => {
    const { sessions } = setUp()
    const cookie = await begin(sessions)
    const [name = '', value = ''] = cookie.split('=')
    for (const purpose of ['', 'session', 'token', 'one-off', name]) {
      expect(await sessions.unseal(purpose, value)).toBeUndefined()
      const token = await sessions.seal(purpose, 'ada', HOUR)
      expect((await turn(sessions, `${name}=${token}`)).session.outcome).toBe('tampered')
    }
  })

  test('a transient cookie and a token of the same purpose are two things', async () => {
    const { sessions } = setUp()
    const oauth = sessions.transient<string>('oauth')
    const [pair = ''] = (await oauth.set('state')).split(';')
    const [name = '', value = ''] = pair.split('=')
    for (const purpose of ['oauth', 'transient:oauth'])
      expect(await sessions.unseal(purpose, value)).toBeUndefined()
    for (const purpose of ['oauth', 'transient:oauth']) {
      const token = await sessions.seal(purpose, 'state', HOUR)
      expect(await oauth.get(request(`${name}=${token}`))).toBeUndefined()
    }
  })
})

describe('transient', () => {
  const PREFIX = '__Host-Http-transient-'
  const back = async (oauth: Transient<Json>, value: Json): Promise<string> =>
    (await oauth.set(value)).split(';', 1)[0] ?? ''

  test('a Secure, HttpOnly cookie for this host that cross-site requests carry', async () => {
    const line = await setUp().sessions.transient('oauth').set({ state: 's', verifier: 'v' })
    expect(line).toMatch(
      /^__Host-Http-transient-oauth=[\w-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=None$/,
    )
  })

  test('comes back with the value', async () => {
    const oauth = setUp().sessions.transient<{ state: string }>('oauth')
    const cookie = after('other=1', [await oauth.set({ state: 's' })])
    expect(await oauth.get(request(cookie))).toEqual({ state: 's' })
  })

  test('for ten minutes, or as long as it is told', async () => {
    const { sessions, clock } = setUp()
    const [usual, longer] = [sessions.transient('a'), sessions.transient('b', { ttl: '1h' })]
    expect(maxAge(await longer.set(1))).toBe(3_600)
    const cookie = `${await back(usual, 1)}; ${await back(longer, 2)}`
    clock.advance('10m')
    expect([await usual.get(request(cookie)), await longer.get(request(cookie))]).toEqual([undefined, 2])
    clock.advance('50m')
    expect(await longer.get(request(cookie))).toBeUndefined()
  })

  test('is cleared under the same attributes', () => {
    expect(setUp().sessions.transient('oauth').clear()).toBe(
      '__Host-Http-transient-oauth=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None',
    )
  })

  test('absent, foreign, of another purpose or doubled it is not there', async () => {
    const { sessions } = setUp()
    const [oauth, saml] = [sessions.transient('oauth'), sessions.transient('saml')]
    const [mine, other] = [await back(oauth, 1), await back(oauth, 2)]
    const moved = (await back(saml, 3)).replace(`${PREFIX}saml`, `${PREFIX}oauth`)
    for (const cookie of ['', `${PREFIX}oauth=`, `${PREFIX}oauth=junk`, moved, `${mine}; ${other}`]) {
      expect(await oauth.get(request(cookie))).toBeUndefined()
    }
    expect(await oauth.get(request(`${mine}; ${mine}`))).toBe(1)
  })

  test('leaves the session’s cookie, and Lax, alone', async () => {
    const { sessions } = setUp()
    const oauth = sessions.transient('oauth')
    const { sent } = await turn(sessions, await back(oauth, 1), async ({ data }) => {
      data.n = 1
    })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toContain('SameSite=Lax')
  })

  test.each([
    '',
    'OAuth',
    'o auth',
    '1st',
    '-a',
    'a'.repeat(33),
    'a;b',
    'a_b',
    'ä',
  ])('not under %j', (purpose) => {
    expect(() => setUp().sessions.transient(purpose)).toThrow(TypeError)
  })

  test.each([
    'session',
    'session-ended',
  ])('called %j it is none of the session’s own cookies', async (purpose) => {
    const { sessions } = setUp()
    const cookie = after(await begin(sessions), [await sessions.transient(purpose).set(1)])
    expect(cookie.split('; ')).toHaveLength(2)
    expect((await turn(sessions, cookie)).session.data.n).toBe(1)
  })

  test('too much for a cookie is too_large', async () => {
    await failure('too_large', () => setUp().sessions.transient('oauth').set('x'.repeat(3_060)))
  })
})
