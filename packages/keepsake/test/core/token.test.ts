import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64url, toBase64url } from '../../src/core/bytes.ts'
import { KeyRing } from '../../src/core/keys.ts'
import { mintId, type Realm, readToken, type Token, verifierOf, writeToken } from '../../src/core/token.ts'
import { SECRETS } from './kit.ts'

fc.configureGlobal({ seed: 1 })

const signed: Realm = { ring: new KeyRing(SECRETS[0]), name: 'sid', audience: '' }
const plain: Realm = { ring: undefined, name: 'sid', audience: '' }
const realms = [
  ['with a MAC', signed, 77],
  ['without', plain, 57],
] as const

const tokens = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toBase64url),
  generation: fc.nat({ max: 2 ** 32 - 1 }),
  issuedAt: fc.nat({ max: 2 ** 32 - 1 }).map((seconds) => seconds * 1_000),
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Uint8Array.from(bytes)),
})
const token: Token = {
  id: toBase64url(Uint8Array.from({ length: 16 }, (_, i) => i)),
  generation: 7,
  issuedAt: 1_893_456_000_000,
  secret: Uint8Array.from({ length: 32 }, (_, i) => 255 - i),
}

const failureOf = async (realm: Realm, text: string): Promise<string> => {
  const read = await readToken(realm, text)
  return 'failure' in read ? read.failure : 'none'
}

describe.each(realms)('%s', (_, realm, length) => {
  test('any token comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(tokens, async (it) => {
        expect(await readToken(realm, await writeToken(realm, it))).toEqual(it)
      }),
    )
  })

  test(`it is ${length} bytes as base64url, whatever is in it`, async () => {
    const text = await writeToken(realm, token)
    expect(text).toMatch(/^[\w-]+$/)
    expect(fromBase64url(text)).toHaveLength(length)
  })

  test('the time is kept to the second', async () => {
    const text = await writeToken(realm, { ...token, issuedAt: token.issuedAt + 999 })
    expect(await readToken(realm, text)).toMatchObject({ issuedAt: token.issuedAt })
  })

  test('the same token is the same text: nothing random is in it', async () => {
    expect(await writeToken(realm, token)).toBe(await writeToken(realm, token))
  })

  test('an id of another length is a mistake of ours', async () => {
    for (const id of ['', 'AAAA', 'no base64url!', toBase64url(new Uint8Array(17))]) {
      await expect(async () => writeToken(realm, { ...token, id })).rejects.toThrow(TypeError)
    }
  })

  test('any text is read without a throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        expect(await failureOf(realm, text)).toBe('malformed')
      }),
    )
  })

  test.each(['', 'A', '=', `${'A'.repeat(200_000)}`])('nor is %.20s one', async (text) => {
    expect(await failureOf(realm, text)).toBe('malformed')
  })

  test('one byte less or more is malformed', async () => {
    const bytes = fromBase64url(await writeToken(realm, token)) ?? new Uint8Array()
    for (const other of [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0)]) {
      expect(await failureOf(realm, toBase64url(other))).toBe('malformed')
    }
  })
})

describe('the MAC', () => {
  test('any bit changed is noticed', async () => {
    const bytes = fromBase64url(await writeToken(signed, token)) ?? new Uint8Array()
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Uint8Array.from(bytes)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const expected = bit < 8 ? 'malformed' : bit < 40 ? 'unknown-key' : 'tampered'
      expect(await failureOf(signed, toBase64url(altered)), `bit ${bit}`).toBe(expected)
    }
  })

  test.each([
    ['another name', { name: 'sid2' }],
    ['another audience', { audience: 'a' }],
    ['name and audience the other way round', { name: '', audience: 'sid' }],
  ])('binds it: %s', async (_, other) => {
    expect(await failureOf({ ...signed, ...other }, await writeToken(signed, token))).toBe('tampered')
  })

  test('of another secret has another key id, which is told', async () => {
    const other: Realm = { ...signed, ring: new KeyRing(SECRETS[1]) }
    const read = await readToken(other, await writeToken(signed, token))
    expect(read).toEqual({ failure: 'unknown-key', keyId: signed.ring?.first.id })
  })

  test('any key of the ring is good, the first makes it', async () => {
    const both: Realm = { ...signed, ring: new KeyRing([SECRETS[1], SECRETS[0]]) }
    expect(await readToken(both, await writeToken(signed, token))).toEqual(token)
    expect(await failureOf(signed, await writeToken(both, token))).toBe('unknown-key')
  })

  test('a token without is refused where there are secrets, and the reverse', async () => {
    expect(await failureOf(signed, await writeToken(plain, token))).toBe('malformed')
    expect(await failureOf(plain, await writeToken(signed, token))).toBe('malformed')
  })
})

describe('the verifier', () => {
  test('depends on audience, name, id and secret, on nothing else', async () => {
    const of = (realm: Realm, it: Token) => verifierOf(realm, it)
    const verifier = await of(signed, token)
    expect(await of(plain, { ...token, generation: 0, issuedAt: 0 })).toBe(verifier)
    const others = await Promise.all([
      of({ ...signed, audience: 'a' }, token),
      of({ ...signed, name: 'n' }, token),
      of(signed, { ...token, id: mintId() }),
      of(signed, { ...token, secret: new Uint8Array(32) }),
    ])
    expect(new Set([verifier, ...others]).size).toBe(5)
  })

  test('shows nothing of the secret', async () => {
    expect(await verifierOf(signed, token)).not.toContain(toBase64url(token.secret).slice(0, 12))
  })
})

test('an id is 128 random bits', () => {
  const ids = Array.from({ length: 1_000 }, mintId)
  expect(new Set(ids).size).toBe(1_000)
  expect(ids.every((id) => fromBase64url(id)?.length === 16)).toBe(true)
})
