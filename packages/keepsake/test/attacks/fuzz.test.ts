import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { SessionManager } from '../../src/index.ts'
import { deterministicRandomness } from '../../src/testing.ts'
import {
  type Backing,
  backings,
  bytesOf,
  HOUR,
  mint,
  N,
  request,
  SECRETS,
  type Target,
  target,
  textOf,
} from './kit.ts'

// a busy machine may take a while over so many
vi.setConfig({ testTimeout: 60_000 })

/** 100,000 inputs in all that name our cookie: three kinds, each against four ways to keep sessions. */
const RUNS = Math.ceil(100_000 / 3 / 4)
const SEED = 20_261_120
const MOST = 4

type Way = Backing | 'stored without secrets'
const ways: readonly Way[] = [...backings, 'stored without secrets']

function open(way: Way, secrets: string = SECRETS[0]): Target {
  const on = target(way === 'stored without secrets' ? 'stored' : way, { secrets })
  if (way !== 'stored without secrets') return on
  const { store, clock, events } = on
  const sessions = new SessionManager({
    store,
    clock: clock.now,
    onEvent: (event) => void events.push(event),
  })
  return { ...on, sessions } as unknown as Target
}

/** Values that come close: cut, lengthened, one character or bit changed, two spliced, of another version or time. */
function mutations(genuine: readonly string[]): fc.Arbitrary<string> {
  const one = fc.constantFrom(...genuine)
  const char = fc.string({ unit: 'binary', minLength: 1, maxLength: 2 })
  const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  return fc.oneof(
    fc.tuple(one, at).map(([text, share]) => text.slice(0, share * text.length)),
    fc.tuple(one, at).map(([text, share]) => text.slice(share * text.length + 1)),
    fc.tuple(one, char).map(([text, more]) => text + more),
    fc.tuple(one, at, char).map(([text, share, it]) => {
      const index = Math.floor(share * text.length)
      return text.slice(0, index) + it + text.slice(index + 1)
    }),
    fc.tuple(one, at, fc.nat(7)).map(([text, share, bit]) => {
      const bytes = bytesOf(text)
      const index = Math.floor(share * bytes.length)
      bytes[index] = (bytes[index] as number) ^ (1 << bit)
      return textOf(bytes)
    }),
    fc.tuple(one, one, at).map(([a, b, share]) => a.slice(0, share * a.length) + b.slice(share * a.length)),
    fc.tuple(one, fc.uint8Array({ minLength: 1, maxLength: 9 })).map(([text, bytes]) => {
      const changed = bytesOf(text)
      changed.set(bytes.subarray(0, changed.length))
      return textOf(changed)
    }),
  )
}

/** Values of the right first bytes, and of no shape at all. */
function random(genuine: readonly string[]): fc.Arbitrary<string> {
  const start = fc.constantFrom(...genuine.map((text) => bytesOf(text).subarray(0, 9)))
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.base64String({ maxLength: 300 }),
    fc.constantFrom(
      '',
      '.',
      '..',
      '...',
      'null',
      '{}',
      'A'.repeat(4_096),
      'A'.repeat(4_097),
      'A'.repeat(16_000),
    ),
    fc.uint8Array({ maxLength: 200 }).map(textOf),
    fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.uint8Array({ maxLength: 120 }))
      .map(([first, rest]) => textOf(Uint8Array.of(first, ...rest))),
    fc.tuple(start, fc.uint8Array({ maxLength: 120 })).map((parts) => textOf(Buffer.concat(parts))),
    fc
      .tuple(start, fc.uint8Array({ minLength: 68, maxLength: 68 }))
      .map((parts) => textOf(Buffer.concat(parts))),
  )
}

/** Cookie headers around such values: duplicates, wrong names, blanks, nothing but noise. */
function headers(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constant(N) },
    fc.constantFrom(
      '',
      N.toLowerCase(),
      `${N} `,
      `${N}-ended`,
      'session',
      '__Host-session',
      `x${N}`,
      `\xa0${N}`,
    ),
    fc.string({ maxLength: 6 }),
  )
  const pair = fc
    .tuple(name, fc.constantFrom('=', '=', '=', '==', '', ' = '), value)
    .map((parts) => parts.join(''))
  const glue = fc.constantFrom('; ', ';', ' ;\t', ';;', ', ', '\n')
  return fc.tuple(fc.array(pair, { maxLength: 9 }), glue).map(([pairs, by]) => pairs.join(by))
}

describe.each(ways)('P26 %s', (way) => {
  let on: Target
  let genuine: string[]

  beforeAll(async () => {
    // the same genuine values in each run, so that the seed tells everything
    const restore = deterministicRandomness(SEED)
    on = open(way)
    genuine = [
      await mint(on, { uid: 'u_1' }),
      await mint(on, { uid: 'u_2', list: ['x'.repeat(40)] }),
      await mint(on, { uid: 'u_3' }),
    ]
    genuine.push(await mint(open(way, SECRETS[1])))
    restore()
    for (const value of genuine) (await on.sessions.load(request(`${N}=${value}`))).data
  })

  /** Loads, looks and saves; says what that was. Anything thrown fails the run. */
  async function attacked(cookie: string): Promise<unknown> {
    on.forget()
    const session = await on.sessions.load(request(cookie))
    const { uid } = session.data
    const sent = await on.sessions.save(session)
    expect(sent).toEqual([])
    expect(on.events.length).toBeLessThanOrEqual(1)
    for (const step of ['decrypt', 'mac', 'hkdf']) {
      expect(on.crypto.filter((name) => name === step).length).toBeLessThanOrEqual(MOST)
    }
    expect(on.calls.length).toBeLessThanOrEqual(MOST)
    expect(on.calls.every((call) => call === 'get')).toBe(true)
    const alone = cookie.split(`${N}=`).length <= 2
    if (alone && session.outcome === 'malformed' && on.calls.length === 0) expect(on.crypto).toEqual([])
    return uid
  }

  /** The users whose genuine value stands in the header, exactly, under our name, among the first four. */
  function entitled(cookie: string): unknown[] {
    const pairs = cookie.split(';').map((pair) => /^[ \t]*([^=]*)=(.*?)[ \t]*$/s.exec(pair))
    const values = new Set(pairs.flatMap((it) => (it?.[1] === N && it[2] ? [it[2]] : [])))
    const tried = [...values].slice(0, MOST)
    return ['u_1', 'u_2', 'u_3'].filter((_, at) => tried.includes(genuine[at] as string))
  }

  const assert = (arbitrary: () => fc.Arbitrary<string>) =>
    fc.assert(
      fc.asyncProperty(arbitrary(), async (cookie) => {
        const uid = await attacked(cookie)
        if (uid !== undefined) expect(entitled(cookie)).toEqual([uid])
      }),
      { numRuns: RUNS, seed: SEED },
    )

  test('any header at all', () => assert(() => fc.string({ unit: 'binary', maxLength: 600 })))

  test('values that come close to genuine ones', () =>
    assert(() => mutations(genuine).map((value) => `${N}=${value}`)))

  test('random values with our first bytes', () =>
    assert(() => random(genuine).map((value) => `${N}=${value}`)))

  test('headers of genuine, mutated and random values, duplicates and wrong names', () =>
    assert(() => headers(fc.oneof(fc.constantFrom(...genuine), mutations(genuine), random(genuine)))))

  test('and the genuine ones still open', async () => {
    for (const [at, value] of genuine.slice(0, 3).entries()) {
      expect(await attacked(`${N}=${value}`)).toBe(`u_${at + 1}`)
      expect(entitled(`a=b; ${N}=${value}`)).toEqual([`u_${at + 1}`])
    }
    on.clock.set(on.clock.now() + HOUR)
  })
})

test('P26 a one-off token that is not genuine is undefined, never an error', async () => {
  const { sessions } = target('sealed')
  const token = await sessions.seal('invite', { to: 'ada' }, { ttl: '1h' })
  const genuine = [token, await sessions.seal('other', { to: 'eve' }, { ttl: '1h' })]
  const anything = fc.oneof(mutations(genuine), random(genuine), fc.constantFrom(...genuine))
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      expect(await sessions.unseal('invite', text)).toEqual(text === token ? { to: 'ada' } : undefined)
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
