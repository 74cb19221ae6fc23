import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ManagerOptions, MemoryStore, SessionError, SessionManager } from '../../src/index.ts'
import { bench, type Data, failure, maxAge, NAME, request, SECRETS, turn } from './kit.ts'

const secrets = SECRETS[0]
const DAY = 86_400_000

const make = (options: unknown): SessionManager<Data> => new SessionManager(options as ManagerOptions<Data>)

function refusal(options: unknown): string {
  try {
    make(options)
  } catch (error) {
    expect(error).toBeInstanceOf(SessionError)
    expect((error as SessionError).code).toBe('config')
    return (error as SessionError).message
  }
  throw new Error('It was taken.')
}

describe('neither secrets nor a store', () => {
  test.each([
    [{}],
    [{ lifetime: '30d' }],
    [undefined],
    [null],
    ['secret'],
    [{ store: undefined }],
  ])('%j', (options) => {
    expect(refusal(options)).toBe(
      'SessionManager needs secrets, or a store, or both. `npx keepsake secret` makes a secret.',
    )
  })

  test('a secret that the environment lacks is missed, beside a store, too', () => {
    for (const more of [{}, { store: new MemoryStore() }]) {
      for (const missing of [undefined, null, '', [], [undefined], [secrets, undefined]]) {
        const message = refusal({ ...more, secrets: missing })
        expect(message).toMatch(/^secrets(\[\d\])? is missing: is the environment variable set\?/)
        expect(message).toContain('npx keepsake secret')
      }
    }
  })
})

describe('an unknown option', () => {
  test.each([
    ['maxAge', 'there are secrets, store, '],
    ['idletimeout', 'did you mean idleTimeout?'],
    ['idle_timeout', 'did you mean idleTimeout?'],
    ['secret', 'did you mean secrets?'],
    ['onevents', 'did you mean onEvent?'],
    ['cookies', 'did you mean cookie?'],
  ])('%s', (key, remedy) => {
    expect(refusal({ secrets, [key]: 1 })).toContain(`SessionManager.${key} is not an option: ${remedy}`)
  })

  test('is refused although it is undefined: its name says that something was meant', () => {
    expect(refusal({ secrets, maxage: undefined })).toContain('maxage')
  })
})

describe('options that are undefined are as if left out', () => {
  test('all of them', () => {
    const names = [
      'protection',
      'cookie',
      'lifetime',
      'idleTimeout',
      'renewAfter',
      'rotateEvery',
      'rotationGrace',
    ]
    const more = [
      'onReuse',
      'persistent',
      'schema',
      'version',
      'migrate',
      'onEvent',
      'audience',
      'onStoreError',
    ]
    const all = [...names, ...more, 'maxSessions', 'storeTimeout', 'onConflict', 'clock', 'store']
    expect(() => make({ secrets, ...Object.fromEntries(all.map((name) => [name, undefined])) })).not.toThrow()
  })
})

const durations = ['lifetime', 'idleTimeout', 'renewAfter', 'rotationGrace', 'storeTimeout'] as const

describe.each(durations)('%s', (name) => {
  test.each([
    0,
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '10',
    '5 m',
    '2w',
    '-1d',
    '401d',
    true,
    [],
    {},
  ])('%j is no duration', (value) => {
    expect(refusal({ secrets, [name]: value })).toMatch(
      new RegExp(`^${name}: expected seconds as a number, or '90s', '30m', '12h', '30d'`),
    )
  })
})

describe('times that contradict each other', () => {
  const store = new MemoryStore()

  test.each([
    [
      { lifetime: '1h', idleTimeout: '2h' },
      'idleTimeout is longer than lifetime; lower it, or raise lifetime.',
    ],
    [
      { idleTimeout: '1h', renewAfter: '31m' },
      'renewAfter is longer than half of idleTimeout; sessions in use would end.',
    ],
    [{ store, rotateEvery: '59s' }, 'rotateEvery is shorter than twice rotationGrace; raise it.'],
    [
      { store, rotateEvery: '1h', rotationGrace: '31m' },
      'rotateEvery is shorter than twice rotationGrace; raise it.',
    ],
    [{ rotateEvery: '1h' }, 'rotateEvery needs a store; a seal changes with every write anyway.'],
    [
      { store: Object.assign(new MemoryStore(), { consistency: 'eventual' }), rotateEvery: '1h' },
      'rotateEvery needs a store with strong consistency.',
    ],
  ])('%#', (options, message) => {
    expect(refusal({ secrets, ...options })).toBe(message)
  })

  test.each([
    { lifetime: '1h', idleTimeout: '1h' },
    { idleTimeout: '1h', renewAfter: '30m' },
    { store, rotateEvery: '60s' },
    { lifetime: '400d', idleTimeout: '400d' },
  ])('%# up to the limit they do not', (options) => {
    expect(() => make({ secrets, ...options })).not.toThrow()
  })

  test.each([
    1,
    '1s',
    '2s',
    '3s',
    '1m',
    '1d',
    '400d',
  ])('a lifetime of %j alone is enough', async (lifetime) => {
    const { make: manager, clock } = bench('sealed')
    const sessions = manager({ lifetime: lifetime as '1s' })
    const { cookie } = await turn(sessions, '', (session) => session.login('ada'))
    expect((await turn(sessions, cookie)).session.outcome).toBe('loaded')
    clock.advance('400d')
    expect((await turn(sessions, cookie)).session.outcome).not.toBe('loaded')
  })
})

describe('choices', () => {
  test.each([
    ['protection', ['encrypt', 'sign']],
    ['onReuse', ['end', 'report']],
  ])('%s', (name, choices) => {
    for (const choice of choices) expect(() => make({ secrets, [name]: choice })).not.toThrow()
    for (const other of ['none', '', true, null, 0, choices]) {
      expect(refusal({ secrets, [name]: other })).toBe(`${name} is one of ${choices.join(', ')}.`)
    }
  })

  test('onStoreError', () => {
    const cache = { maxAge: '1m' }
    for (const onStoreError of ['fail', 'anonymous', 'stale']) {
      expect(() => make({ secrets, store: new MemoryStore(), cache, onStoreError })).not.toThrow()
    }
    for (const onStoreError of ['none', '', true, null, 0, ['stale']]) {
      expect(refusal({ secrets, onStoreError })).toBe('onStoreError is one of fail, anonymous, stale.')
    }
  })
})

describe('kinds that only a compiler would tell', () => {
  test.each(['migrate', 'onEvent', 'onConflict', 'clock'])('%s is a function', (name) => {
    for (const value of ['text', 1, {}, null]) {
      expect(refusal({ secrets, version: 1, [name]: value })).toBe(`${name} is a function.`)
    }
  })

  test.each(['yes', 1, null])('persistent: %j', (persistent) => {
    expect(refusal({ secrets, persistent })).toBe('persistent is true or false.')
  })

  test.each([
    [{ parse: () => ({}) }],
    [{ '~standard': {} }],
    [() => true],
    ['z.object()'],
    [null],
  ])('schema: %j is no Standard Schema', (schema) => {
    expect(refusal({ secrets, schema })).toContain('schema is no Standard Schema')
  })

  test('a client is no store', () => {
    const client = { get: () => null, set: () => undefined, del: () => undefined }
    expect(refusal({ secrets, store: client })).toContain(
      'store has no method create; give a store, not its client',
    )
    expect(refusal({ secrets, store: 'redis://localhost' })).toContain('store has no method get')
  })

  test.each([null, 'session', 7, true])('cookie: %j', (cookie) => {
    expect(refusal({ secrets, cookie })).toMatch(/^cookie/)
  })

  test.each(['', 7, null, {}, 'x'.repeat(1025)])('audience: %j', (audience) => {
    expect(refusal({ secrets, audience })).toBe('audience is a text of 1 to 1024 characters.')
  })

  test.each([0, -1, 1.5, '1', Number.NaN, null, 2 ** 53])('version: %j', (version) => {
    expect(refusal({ secrets, version })).toBe('version is a whole number from 1.')
  })

  test('migrate without a version to arrive at', () => {
    expect(refusal({ secrets, migrate: () => ({}) })).toContain('migrate needs version')
  })
})

describe('defaults', () => {
  afterEach(() => void vi.useRealTimers())

  test('seven days of rest, thirty in all, and a cookie that lasts', async () => {
    const { make: manager, clock } = bench('sealed')
    const { session, sent } = await turn(manager(), '', (it) => it.login('ada'))
    expect(session.expiresAt - clock.now()).toBe(7 * DAY)
    expect(session.absoluteExpiresAt - clock.now()).toBe(30 * DAY)
    expect(sent[0]).toMatch(new RegExp(`^${NAME}=`))
    expect(maxAge(sent[0])).toBe((7 * DAY) / 1000)
  })

  test('renewed after an hour', async () => {
    const { make: manager, clock } = bench('sealed')
    const sessions = manager()
    const { cookie } = await turn(sessions, '', (it) => it.login('ada'))
    clock.set(clock.now() + 3_600_000 - 1)
    expect((await turn(sessions, cookie)).sent).toEqual([])
    clock.set(clock.now() + 1)
    expect((await turn(sessions, cookie)).sent).toHaveLength(1)
  })

  test('or a twentieth of idleTimeout', async () => {
    const { make: manager, clock } = bench('sealed')
    const sessions = manager({ idleTimeout: '10m' })
    const { cookie } = await turn(sessions, '', (it) => it.login('ada'))
    clock.set(clock.now() + 30_000 - 1)
    expect((await turn(sessions, cookie)).sent).toEqual([])
    clock.set(clock.now() + 1)
    expect((await turn(sessions, cookie)).sent).toHaveLength(1)
  })

  test('the store has two seconds', async () => {
    vi.useFakeTimers()
    const store = Object.assign(new MemoryStore(), { create: () => new Promise(() => undefined) })
    const sessions = make({ store, onEvent: () => undefined })
    const session = await sessions.load(request())
    session.data.n = 1
    const failed = failure('store_unavailable', () => sessions.save(session))
    await vi.advanceTimersByTimeAsync(2_000)
    expect((await failed).message).toContain('no answer within 2000 ms')
  })

  test('the clock is Date.now', async () => {
    vi.useFakeTimers({ now: Date.UTC(2031, 0, 1) })
    const session = await make({ secrets }).load(request())
    expect(session.createdAt).toBe(Date.UTC(2031, 0, 1))
  })

  test('a clock of fractions, as performance.now() is, will do', async () => {
    const sessions = make({ secrets, clock: () => Date.UTC(2031, 0, 1) + 0.75 })
    const { cookie } = await turn(sessions, '', (it) => it.login('ada'))
    expect((await turn(sessions, cookie)).session.createdAt).toBe(Date.UTC(2031, 0, 1))
  })
})
