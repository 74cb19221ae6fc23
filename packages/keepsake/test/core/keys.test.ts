import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { engine } from '../../src/core/crypto.ts'
import { SessionError } from '../../src/core/errors.ts'
import { Key, KeyRing, type Secrets } from '../../src/core/keys.ts'
import { counted, engines } from './engines.ts'

const SECRET = 'q8Zk2vT7mXw4RbYc9LdN6sHgJ1fPaE3u'
const OTHER = 'V5nQ0xKtGz8WmDy2CjRbU7hSLe4oFi6A'
const range = (first: number, length = 32) => Uint8Array.from({ length }, (_, i) => first + i)

function refusal(secrets: unknown): SessionError {
  try {
    new KeyRing(secrets as Secrets)
  } catch (error) {
    if (error instanceof SessionError) return error
  }
  throw new Error('was accepted')
}

describe('P20: a secret that could be guessed', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['zero', 0],
    ['an object', {}],
    ['an empty list', []],
    ['a list with a hole', [SECRET, undefined]],
    ['a list in a list', [[SECRET]]],
    ['an ArrayBuffer', new ArrayBuffer(32)],
    ['no bytes', new Uint8Array(0)],
    ['31 characters', SECRET.slice(1)],
    ['31 bytes', new TextEncoder().encode(SECRET.slice(1))],
    ['one character', 'a'.repeat(64)],
    ['one character but the last', `${'a'.repeat(63)}b`],
    ['too few characters', 'abcdefghiabcdefghiabcdefghifhbdgcaei'],
    ['a repeated text', 'k3Vx9QpLw7Tz'.repeat(3)],
    ['a counted text', 'hunter1Ax!hunter2Ax!hunter3Ax!hunter4Ax!'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz0123456789'],
    ['rising bytes', range(0)],
    ['rising bytes elsewhere', range(0x80)],
    ['falling bytes', range(0).reverse()],
    ['every other byte', range(0).map((n) => n * 2)],
    ['zeros', new Uint8Array(32)],
    ['the sample of iron-session', 'complex_password_at_least_32_characters_long'],
    ['the same as bytes', new TextEncoder().encode('complex_password_at_least_32_characters_long')],
    ['the sample of express-session, longer', 'keyboard cat 8Zk2vT7mXw4RbYc9LdN6sHgJ1f'],
    ['the sample of @fastify/secure-session', 'averylogphrasebiggerthanthirtytwochars'],
    ['the sample of @fastify/session', 'a secret with minimum length of 32 characters'],
    ['the sample of jwt.io', 'a-string-secret-at-least-256-bits-long'],
    ['the default of better-auth', 'better-auth-secret-12345678901234567890'],
    ['the sample of h3', '80d42cfb-1cd2-462c-8f17-e3237d9027e9'],
    ['the sample of Flask', '192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf'],
    ['a template', 'CHANGE_ME_please_to_something_long_and_random'],
    ['another template', 'your-super-secret-key-for-sessions-1234'],
  ])('is refused: %s', (_, secret) => {
    const error = refusal(secret)
    expect(error.code).toBe('config')
    expect(error.message).toContain('npx keepsake secret')
  })

  it.each([
    ['text of 32 characters', SECRET],
    ['32 random bytes', range(0).map((n) => (n * n * 7 + n * 13 + 5) & 0xff)],
    ['64 hexadecimal digits', 'd4a7b92f10c83e65f7a1094be2dc5836917f3ab0ce64d2851f0b9e7ac3d84265'],
    ['the same as bytes', Buffer.from('d4a7b92f10c83e65f7a1094be2dc5836917f3ab0ce64d2851f0b9e7ac3d84265')],
    ['text beyond ASCII', 'Grüße aus dem schönen Zürich, 8037 ♥'],
  ])('is not %s', (_, secret) => {
    expect(() => new KeyRing(secret)).not.toThrow()
  })

  it('is refused on the second look as on the first', () => {
    refusal('a'.repeat(64))
    refusal('a'.repeat(64))
  })

  it('is refused without its value, with its place in the list', () => {
    const error = refusal([SECRET, 'hunter2-hunter2'])
    expect(error.message).toContain('secrets[1]')
    expect(error.message).toContain('15 bytes')
    expect(inspect(error)).not.toMatch(/hunter2-|q8Zk2vT7/)
    expect(refusal('hunter2').message).toMatch(/^secrets has 7 bytes/)
  })

  it('that is missing is called so', () => {
    for (const secret of [undefined, null, '', [], ['']]) {
      expect(refusal(secret).message).toContain('is missing: is the environment variable set?')
    }
  })

  it('is never one that was made at random', () => {
    for (let n = 0; n < 300; n++) {
      const digest = createHash('sha256').update(`secret ${n}`).digest()
      for (const secret of [
        digest,
        ...(['hex', 'base64', 'base64url'] as const).map((it) => digest.toString(it)),
      ]) {
        expect(() => new KeyRing(secret)).not.toThrow()
      }
    }
  })

  it('counts bytes, not characters', () => {
    expect(() => new KeyRing('äöüßéèçñøåæœλжя♥')).not.toThrow()
  })
})

describe('a key ring', () => {
  it('refuses the same secret twice, as text and as bytes', () => {
    for (const twin of [SECRET, new TextEncoder().encode(SECRET)]) {
      const error = refusal([SECRET, OTHER, twin])
      expect(error).toMatchObject({ code: 'config' })
      expect(error.message).toContain('secrets[2]')
    }
  })

  it.each(engines)('refuses two keys with one id ($name engine)', async (real) => {
    const ring = KeyRing.of(
      new Key(range(0), { ...real, hkdf: () => range(0, 4) }),
      new Key(range(1), { ...real, hkdf: () => range(0, 4) }),
    )
    await expect((async () => ring.ready())()).rejects.toMatchObject({ code: 'config' })
  })

  it.each(engines)('finds keys by their public ids ($name engine)', async (real) => {
    const ring = new KeyRing([SECRET, OTHER], real)
    await ring.ready()
    expect(ring.ids()).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}$/),
      expect.stringMatching(/^[0-9a-f]{8}$/),
    ])
    expect(ring.ids()[0]).not.toBe(ring.ids()[1])
    expect(ring.find(ring.first.idBytes)).toBe(ring.first)
    expect(ring.find(ring.first.idBytes)?.id).toBe(ring.ids()[0])
    expect(ring.find(Uint8Array.of(1, 2, 3, 4))).toBeUndefined()
  })

  it('keeps its own copy of the bytes', async () => {
    const bytes = new TextEncoder().encode(OTHER)
    const ring = new KeyRing(bytes, counted(engine()).engine)
    bytes.fill(0)
    await ring.ready()
    const same = new KeyRing(OTHER)
    await same.ready()
    expect(ring.ids()).toEqual(same.ids())
  })

  it('asks to be made ready before an id is used', () => {
    expect(() => new Key(range(0)).idBytes).toThrow(/ready/)
  })

  it('shows no secret, however it is looked at', async () => {
    const ring = new KeyRing([SECRET, OTHER])
    await ring.ready()
    await ring.first.cipher('session', 489_000, 0)
    for (const it of [ring, ring.first, { ring }]) {
      const shown = [String(it), JSON.stringify(it), inspect(it, { depth: 9, showHidden: true })].join()
      expect(shown).not.toMatch(/q8Zk2vT7|V5nQ0xKt/)
      expect(shown).not.toContain(Buffer.from(SECRET).toString('base64url').slice(0, 12))
      expect(shown).not.toContain('71, 56, 90')
      expect(shown).not.toContain('71 38 5a')
    }
    expect(Object.keys(ring.first)).toEqual([])
    expect(structuredClone(ring.first)).toEqual({})
  })
})

describe('keys live with the secret', () => {
  it('so that a manager per request derives nothing again', async () => {
    const { engine: watched, calls } = counted(engine())
    const use = async () => {
      const ring = new KeyRing([SECRET, OTHER], watched)
      await ring.ready()
      await ring.first.cipher('session', 489_000, 3)
      await ring.first.mac('keepsake/token')
      return ring
    }
    const first = await use()
    expect(calls).toEqual(['hkdf', 'hkdf', 'hkdf', 'cipherKey', 'hkdf', 'macKey'])
    expect((await use()).first).toBe(first.first)
    expect(calls).toHaveLength(6)
  })

  it('for a hundred secrets at most', () => {
    const { engine: own } = counted(engine())
    const secretOf = (n: number) => `${SECRET}${n}`
    const first = new KeyRing(secretOf(0), own).first
    for (let n = 1; n < 100; n++) new KeyRing(secretOf(n), own)
    expect(new KeyRing(secretOf(0), own).first).toBe(first)
    new KeyRing(secretOf(100), own)
    expect(new KeyRing(secretOf(0), own).first).not.toBe(first)
  })

  it('unless their derivation failed', async () => {
    let broken = true
    const flaky = {
      ...engine(),
      hkdf: (...args: Parameters<ReturnType<typeof engine>['hkdf']>) => {
        if (broken) throw new Error('no entropy today')
        return engine().hkdf(...args)
      },
    }
    const key = new Key(range(0), flaky)
    expect(() => key.ready()).toThrow()
    expect(() => key.cipher('session', 1, 1)).toThrow()
    expect(() => key.mac('keepsake/token')).toThrow()
    broken = false
    await key.ready()
    expect(await key.cipher('session', 1, 1)).toBeDefined()
    expect(await key.mac('keepsake/token')).toBeDefined()
  })
})

describe.each(engines)('a key on the $name engine', (real) => {
  it('differs by purpose, period and shard', async () => {
    const { engine: watched, calls } = counted(real)
    const key = new Key(range(0), watched)
    const asked: [string, number, number][] = [
      ['session', 1, 0],
      ['session', 1, 1],
      ['session', 2, 0],
      ['session', 256, 0],
      ['flash', 1, 0],
    ]
    for (const it of asked) await key.cipher(...it)
    expect(calls.filter((name) => name === 'hkdf')).toHaveLength(asked.length)
    for (const it of asked) await key.cipher(...it)
    expect(calls.filter((name) => name === 'hkdf')).toHaveLength(asked.length)
  })

  it('forgets hours older than 400 days when a new one comes, and none for an old one', async () => {
    const { engine: watched, calls } = counted(real)
    const key = new Key(range(0), watched)
    const hours = 400 * 24
    const derivations = async (period: number) => {
      const before = calls.length
      await key.cipher('session', period, 3)
      return calls.length - before
    }
    expect(await derivations(20_000)).toBe(2)
    expect(await derivations(20_000 + hours)).toBe(2)
    expect(await derivations(20_000)).toBe(0)
    expect(await derivations(20_000 + hours + 1)).toBe(2)
    expect(await derivations(20_000)).toBe(2)
    expect(await derivations(20_000 + hours)).toBe(0)
  })

  it('keeps a hundred purposes, the oldest go first', async () => {
    const { engine: watched, calls } = counted(real)
    const key = new Key(range(0), watched)
    for (let n = 0; n <= 100; n++) await key.cipher(`purpose-${n}`, 1, 0)
    const before = calls.length
    await key.cipher('purpose-100', 1, 0)
    await key.cipher('purpose-1', 1, 0)
    expect(calls).toHaveLength(before)
    await key.cipher('purpose-0', 1, 0)
    expect(calls).toHaveLength(before + 2)
  })
})
