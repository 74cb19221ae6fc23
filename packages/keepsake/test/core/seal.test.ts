import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { toBase64url } from '../../src/core/bytes.ts'
import { type Engine, webEngine } from '../../src/core/crypto.ts'
import { SessionError } from '../../src/core/errors.ts'
import { Key, KeyRing } from '../../src/core/keys.ts'
import { PROTECTIONS, type SealContent, type SealContext, seal, unseal } from '../../src/core/seal.ts'
import { counted, engines } from './engines.ts'

fc.configureGlobal({ seed: 1 })

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-20T12:34:56.789Z')
const LIFETIME = 30 * 24 * HOUR
const protections = ['encrypt', 'sign'] as const
const both = engines.flatMap((engine) => protections.map((protection) => ({ engine, protection })))

const keyOf = (engine: Engine, first = 0) =>
  new Key(
    Uint8Array.from({ length: 32 }, (_, i) => first + i),
    engine,
  )

/** What of a context is another. */
type Change = Partial<Omit<SealContext, 'protection'>> & { protection?: keyof typeof PROTECTIONS }

function contextOf(engine: Engine, { protection = 'encrypt', ...change }: Change = {}): SealContext {
  const ring = KeyRing.of(keyOf(engine))
  const audience = 'https://app.example'
  return {
    ring,
    name: '__Host-Http-session',
    purpose: 'session',
    audience,
    protection: PROTECTIONS[protection],
    ...change,
  }
}

function contentOf(change: Partial<SealContent> = {}): SealContent {
  const id = Uint8Array.from({ length: 16 }, (_, i) => 0xc0 + i)
  const times = { createdAt: NOW - HOUR, issuedAt: NOW, expiresAt: NOW + 7 * 24 * HOUR }
  return { id, ...times, revision: 7, persistent: false, json: '{"uid":"u_1"}', ...change }
}

const open = (context: SealContext, text: string, now: number = NOW) => unseal(context, text, now, LIFETIME)

describe.each(both)('a seal ($protection, $engine.name engine)', ({ engine, protection }) => {
  const context = contextOf(engine, { protection })
  const made = async () => seal(context, contentOf(), NOW)

  it('opens as what it was', async () => {
    const anyContent = fc.record({
      id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => new Uint8Array(id)),
      createdAt: fc.nat(NOW),
      issuedAt: fc.constant(NOW),
      expiresAt: fc.integer({ min: NOW + 1, max: 2 ** 48 - 1 }),
      revision: fc.nat(2 ** 32 - 1),
      persistent: fc.boolean(),
      json: fc.json(),
    })
    await fc.assert(
      fc.asyncProperty(anyContent, async (content) => {
        const opened = await open(context, await seal(context, content, NOW))
        expect(opened).toEqual({ content, keyId: context.ring.first.id, current: true })
      }),
      { numRuns: 50 },
    )
  })

  it('is another text each time', async () => {
    const texts = await Promise.all(Array.from({ length: 300 }, made))
    expect(new Set(texts).size).toBe(protection === 'encrypt' ? 300 : 1)
  })

  it('opens nothing with any one bit changed', async () => {
    const text = await made()
    for (const changed of flips(text)) expect(await open(context, changed)).toHaveProperty('failure')
  })

  it('opens nothing in part, nor with anything before or after', async () => {
    const text = await made()
    for (let length = 0; length < text.length; length++) {
      expect(await open(context, text.slice(0, length))).toHaveProperty('failure')
    }
    for (const more of ['A', 'AA', 'AAA', 'AAAA', '=', '==', '\n', ' ', '.', '%00', '\0']) {
      expect(await open(context, text + more)).toHaveProperty('failure')
      expect(await open(context, more + text)).toHaveProperty('failure')
    }
  })

  it.each([
    { name: '__Host-session' },
    { name: '__Host-Http-session ' },
    { purpose: 'flash' },
    { audience: 'https://b.example' },
    { audience: '' },
    { name: '__Host-Http-sessionsession', purpose: '' },
    { purpose: 'sessionhttps://app.example', audience: '' },
  ])('opens nowhere else: %j', async (change) => {
    const text = await made()
    const elsewhere = { ...context, ...change }
    expect(await open(elsewhere, text)).toEqual({ failure: 'tampered', keyId: context.ring.first.id })
    expect(await open(context, await seal(elsewhere, contentOf(), NOW))).toMatchObject({
      failure: 'tampered',
    })
  })

  it('opens under no other protection', async () => {
    const other = protection === 'sign' ? 'encrypt' : 'sign'
    expect(await open({ ...context, protection: PROTECTIONS[other] }, await made())).toEqual({
      failure: 'malformed',
    })
  })

  it('opens with any key of the ring, and says whether it is the first', async () => {
    const ring = KeyRing.of(keyOf(engine, 0x80), keyOf(engine))
    const opened = await open({ ...context, ring }, await made())
    expect(opened).toMatchObject({ current: false, keyId: context.ring.first.id, content: contentOf() })
    const text = await seal({ ...context, ring }, contentOf(), NOW)
    expect(await open({ ...context, ring }, text)).toMatchObject({ current: true, keyId: ring.first.id })
    expect(await open(context, text)).toEqual({ failure: 'unknown-key', keyId: ring.first.id })
  })

  it('with the id of another key of the ring opens nothing', async () => {
    const ring = KeyRing.of(keyOf(engine), keyOf(engine, 0x80))
    await ring.ready()
    const [head = '', ...rest] = (await made()).split('.')
    const bytes = new Uint8Array(Buffer.from(head, 'base64url'))
    bytes.set(Buffer.from(ring.ids()[1] ?? '', 'hex'), 1)
    const changed = [toBase64url(bytes), ...rest].join('.')
    expect(await open({ ...context, ring }, changed)).toMatchObject({
      failure: 'tampered',
      keyId: ring.ids()[1],
    })
  })

  it('tolerates a minute between clocks, not more', async () => {
    const text = await made()
    expect(await open(context, text, NOW - 60_000)).toHaveProperty('content')
    expect(await open(context, text, NOW - 60_001)).toMatchObject({ failure: 'from-the-future' })
    expect(await open(context, text, NOW - 2 * HOUR)).toMatchObject({ failure: 'from-the-future' })
  })

  it('tolerates it across the hour, too', async () => {
    const hour = Math.ceil(NOW / HOUR) * HOUR
    const text = await seal(context, contentOf({ issuedAt: hour }), hour)
    expect(await open(context, text, hour - 60_000)).toHaveProperty('content')
    expect(await open(context, text, hour - 60_001)).toMatchObject({ failure: 'from-the-future' })
  })

  it('leaves it to the caller whether it has expired, up to the absolute limit and its hour', async () => {
    const text = await made()
    const end = (Math.floor(NOW / HOUR) + 1) * HOUR + LIFETIME
    expect(await open(context, text, contentOf().expiresAt + 1)).toHaveProperty('content')
    expect(await open(context, text, end)).toHaveProperty('content')
    expect(await open(context, text, end + 1)).toEqual({
      failure: 'expired-absolute',
      keyId: context.ring.first.id,
    })
  })

  it('opens nothing by a clock that is no number', async () => {
    expect(await open(context, await made(), Number.NaN)).toHaveProperty('failure')
  })

  it.each([
    { id: new Uint8Array(15) },
    { issuedAt: Number.NaN },
    { issuedAt: NOW + 0.5 },
    { createdAt: -1 },
    { createdAt: NOW + 1 },
    { expiresAt: NOW },
    { expiresAt: 2 ** 48 },
    { revision: 2 ** 32 },
    { revision: -1 },
  ])('is not made of what could not be opened: %o', async (change) => {
    await expect((async () => seal(context, contentOf(change), NOW))()).rejects.toThrow(TypeError)
  })

  it.each([undefined, null, 7, {}, [], new Uint8Array(99)])('opens nothing of %j', async (value) => {
    expect(await open(context, value as unknown as string)).toEqual({ failure: 'malformed' })
  })

  it('is refused unseen over 4096 characters', async () => {
    const fitting = await seal(context, contentOf({ json: 'x'.repeat(2800) }), NOW)
    expect(fitting.length).toBeLessThanOrEqual(4096)
    expect(await open(context, fitting)).toHaveProperty('content')
    const long = await seal(context, contentOf({ json: 'x'.repeat(3000) }), NOW)
    expect(await open(context, long)).toEqual({ failure: 'malformed' })
  })

  it('is refused, and nothing is thrown, whatever it says', async () => {
    const text = await made()
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.base64String({ maxLength: 400 }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => toBase64url(Uint8Array.of(1, ...bytes))),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => toBase64url(Uint8Array.of(2, ...bytes))),
      fc.tuple(fc.nat(text.length), fc.string({ maxLength: 3 })).map(([at, it]) => text.slice(0, at) + it),
    )
    await fc.assert(
      fc.asyncProperty(anything, async (it) => {
        expect(await open(context, it)).toHaveProperty('failure')
      }),
      { numRuns: 300 },
    )
  })
})

describe.each(both)('a forgery ($protection, $engine.name engine)', ({ engine: real, protection }) => {
  async function watched() {
    const { engine, calls } = counted(real)
    const context = contextOf(engine, { protection })
    await context.ring.ready()
    calls.length = 0
    return { context, calls }
  }

  it('with a foreign key id costs no cryptography', async () => {
    const { context, calls } = await watched()
    const foreign = await seal({ ...context, ring: KeyRing.of(keyOf(real, 0x80)) }, contentOf(), NOW)
    expect(await open(context, foreign)).toEqual({
      failure: 'unknown-key',
      keyId: expect.stringMatching(/^[0-9a-f]{8}$/),
    })
    expect(calls).toEqual([])
  })

  it('out of its time costs no cryptography', async () => {
    const { context, calls } = await watched()
    const text = await seal(contextOf(real, { protection }), contentOf(), NOW)
    expect(await open(context, text, NOW - 2 * HOUR)).toMatchObject({ failure: 'from-the-future' })
    expect(await open(context, text, NOW + LIFETIME + 2 * HOUR)).toMatchObject({
      failure: 'expired-absolute',
    })
    expect(calls).toEqual([])
  })

  it('that is malformed costs no cryptography', async () => {
    const { context, calls } = await watched()
    const text = await seal(contextOf(real, { protection }), contentOf(), NOW)
    for (const it of ['', 'AQ', `${text}=`, text.slice(1), 'x'.repeat(4097), 'Fe26.2*1*x', '{"uid":"u_1"}']) {
      expect(await open(context, it)).toEqual({ failure: 'malformed' })
    }
    expect(calls).toEqual([])
  })

  it('makes nobody derive a key twice', async () => {
    const { context, calls } = await watched()
    const text = await seal(contextOf(real, { protection }), contentOf(), NOW)
    for (let i = 0; i < 3; i++) await open(context, text)
    expect(calls.filter((name) => name === 'hkdf')).toHaveLength(1)
  })
})

describe('which engine', () => {
  it('made it does not matter', async () => {
    for (const protection of protections) {
      for (const [maker, opener] of [engines, engines.toReversed()] as [Engine, Engine][]) {
        const text = await seal(contextOf(maker, { protection }), contentOf(), NOW)
        expect(await open(contextOf(opener, { protection }), text)).toMatchObject({ content: contentOf() })
      }
    }
  })

  it('decides whether there is a promise: on node there is none', () => {
    const [node] = engines as [Engine]
    for (const protection of protections) {
      const context = contextOf(node, { protection })
      const text = seal(context, contentOf(), NOW)
      expect(text).toBeTypeOf('string')
      expect(open(context, text as string)).toHaveProperty('content')
    }
  })
})

describe('when the platform fails', () => {
  const reasons = [new Error('OperationError'), new TypeError('x'), undefined, null, 'text']
  const sabotage = (
    method: 'decrypt' | 'deriveBits' | 'importKey' | 'sign',
    fault: () => never | Promise<never>,
  ) => vi.spyOn(crypto.subtle, method).mockImplementation(fault)

  describe.each(['decrypt', 'deriveBits', 'importKey'] as const)('in %s', (method) => {
    it.each(reasons)('rejecting or throwing %s, nothing opens and nothing is thrown', async (reason) => {
      const text = await seal(contextOf(webEngine), contentOf(), NOW)
      const context = contextOf(webEngine)
      await context.ring.ready()
      for (const fault of [
        () => Promise.reject(reason),
        () => {
          throw reason
        },
      ]) {
        const broken = sabotage(method, fault)
        expect(await open(context, text)).toMatchObject({ failure: 'tampered' })
        broken.mockRestore()
      }
      expect(await open(context, text)).toHaveProperty('content')
    })
  })

  it('in a signature, nothing opens either', async () => {
    const context = contextOf(webEngine, { protection: 'sign' })
    const text = await seal(context, contentOf(), NOW)
    const broken = sabotage('sign', () => Promise.reject(new Error('x')))
    expect(await open(context, text)).toMatchObject({ failure: 'tampered' })
    broken.mockRestore()
  })

  it('before the key ids are known, nothing opens until it has recovered', async () => {
    const text = await seal(contextOf(webEngine), contentOf(), NOW)
    const context = contextOf(webEngine)
    const broken = sabotage('deriveBits', () => Promise.reject(new Error('x')))
    expect(await open(context, text)).toMatchObject({ failure: 'tampered' })
    broken.mockRestore()
    expect(await open(context, text)).toHaveProperty('content')
  })

  it('a broken configuration is heard of', async () => {
    const same = { ...webEngine, hkdf: async () => new Uint8Array(4) }
    const context = contextOf(webEngine, { ring: KeyRing.of(keyOf(same), keyOf(same, 1)) })
    await expect(open(context, 'AQ')).rejects.toThrow(SessionError)
  })

  it.each(engines)('without randomness nothing is sealed ($name engine)', async (engine) => {
    const random = vi.spyOn(crypto, 'getRandomValues').mockImplementation(() => {
      throw new Error('no entropy')
    })
    await expect((async () => seal(contextOf(engine), contentOf(), NOW))()).rejects.toThrow('no entropy')
    random.mockRestore()
  })
})

describe('the shard', () => {
  it.each([0, 1, 2, 3, 4, 7, 255])('is one of four, as the platform drew it: %i', async (drawn) => {
    const random = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      if (array instanceof Uint8Array) array.fill(drawn)
      return array
    })
    const text = await seal(contextOf(webEngine), contentOf(), NOW)
    random.mockRestore()
    expect(Buffer.from(text, 'base64url')[8]).toBe(drawn % 4)
    expect(await open(contextOf(webEngine), text)).toHaveProperty('content')
  })
})

/** The text with each single bit of what it encodes changed. */
function* flips(text: string): Generator<string> {
  const parts = text.split('.')
  for (const [index, part] of parts.entries()) {
    const bytes = new Uint8Array(Buffer.from(part, 'base64url'))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      yield parts.with(index, toBase64url(changed)).join('.')
    }
  }
}
