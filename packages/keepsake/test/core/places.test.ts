import { describe, expect, test } from 'vitest'
import { MemoryStore, type SessionErrorCode, type Store } from '../../src/index.ts'
import { fakeClock, faultyStore, gatedStore } from '../../src/testing.ts'
import { bench, failure, type Options, request, type Sessions, turn } from './kit.ts'

const setUp = (maxSessions: number, options: Options = {}) => {
  const { make, clock, store } = bench('stored', { maxSessions, ...options })
  return { make, clock, sessions: make(), store }
}

async function signIn(sessions: Sessions, owner = 'ada', cookie = ''): Promise<string> {
  return (await turn(sessions, cookie, (session) => session.login(owner))).cookie
}

async function open(sessions: Sessions, cookies: readonly string[]): Promise<boolean[]> {
  const turns = await Promise.all(cookies.map((cookie) => turn(sessions, cookie)))
  return turns.map(({ session }) => session.outcome === 'loaded')
}

describe('a login beyond maxSessions', () => {
  test('ends the session whose login is longest ago', async () => {
    const { sessions, clock } = setUp(2)
    const cookies: string[] = []
    for (let i = 0; i < 4; i++) {
      cookies.push(await signIn(sessions))
      clock.advance('1s')
    }
    expect(await open(sessions, cookies)).toEqual([false, false, true, true])
    expect(await sessions.list('ada')).toHaveLength(2)
  })

  test('also when all come within one millisecond', async () => {
    const { sessions } = setUp(3)
    const cookies: string[] = []
    for (let i = 0; i < 20; i++) cookies.push(await signIn(sessions))
    expect(await open(sessions, cookies)).toEqual([...Array(17).fill(false), true, true, true])
  })

  test('counts from the last login, not from the first, and not from the last visit', async () => {
    const { sessions, clock } = setUp(2)
    let first = await signIn(sessions)
    clock.advance('1s')
    const second = await signIn(sessions)
    clock.advance('2h')
    first = await signIn(sessions, 'ada', first)
    await turn(sessions, second)
    const third = await signIn(sessions)
    expect(await open(sessions, [first, second, third])).toEqual([true, false, true])
  })

  test('ends nothing of another owner, of another audience, or of nobody', async () => {
    const { sessions, make } = setUp(1)
    const other = make({ audience: 'other' })
    const bob = await signIn(sessions, 'bob')
    const there = await signIn(other)
    const { cookie: anonymous } = await turn(sessions, '', (session) => {
      session.data.n = 1
    })
    await signIn(sessions)
    await signIn(sessions)
    expect(await open(sessions, [bob, anonymous])).toEqual([true, true])
    expect(await open(other, [there])).toEqual([true])
  })

  test('on a server whose clock is behind is still the one to stay', async () => {
    const { sessions, make, clock } = setUp(1)
    const behind = make({ clock: () => clock.now() - 59_000 })
    const first = await signIn(sessions)
    const second = await signIn(behind)
    expect(await open(sessions, [first, second])).toEqual([false, true])
    expect(await open(behind, [second])).toEqual([true])
  })

  test('is not kept out by sessions that a broken clock has dated far ahead', async () => {
    const { sessions, make, clock } = setUp(1)
    await signIn(make({ clock: () => clock.now() + 3_600_000 }))
    expect(await open(sessions, [await signIn(sessions)])).toEqual([true])
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  test('brings a fuller house down to the limit, when that is new or lower', async () => {
    const { sessions, make, clock } = setUp(3)
    const unlimited = bench('stored')
    const before = unlimited.make()
    for (let i = 0; i < 205; i++) await signIn(before)
    unlimited.clock.advance('1s')
    const limited = unlimited.make({ maxSessions: 2 })
    await signIn(limited)
    expect(await limited.list('ada')).toHaveLength(2)
    for (let i = 0; i < 3; i++) await signIn(sessions)
    clock.advance('1s')
    await signIn(make({ maxSessions: 1 }))
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  test('P8: what it ended stays ended, whatever is in flight', async () => {
    const { sessions } = setUp(1)
    const first = await signIn(sessions)
    const [reader, writer] = [await sessions.load(request(first)), await sessions.load(request(first))]
    expect(reader.owner).toBe('ada')
    writer.data.n = 1
    await signIn(sessions)
    expect(await sessions.save(reader)).toEqual([])
    await failure('superseded', () => sessions.save(writer))
    expect(await open(sessions, [first])).toEqual([false])
  })
})

describe('a place is free again', () => {
  const ends: readonly [string, (sessions: Sessions, cookie: string) => unknown][] = [
    ['after a logout', (sessions, cookie) => turn(sessions, cookie, (session) => session.destroy())],
    [
      'after it was revoked',
      async (sessions, cookie) => {
        const { session } = await turn(sessions, cookie)
        await sessions.revoke(session.id, { owner: 'ada' })
      },
    ],
    ['after another user logged in there', (sessions, cookie) => signIn(sessions, 'bob', cookie)],
  ]

  test.each(ends)('%s', async (_, end) => {
    const { sessions } = setUp(2)
    const first = await signIn(sessions)
    const second = await signIn(sessions)
    await end(sessions, second)
    const third = await signIn(sessions)
    expect(await open(sessions, [first, third])).toEqual([true, true])
    expect(await sessions.list('ada')).toHaveLength(2)
  })

  test.each([
    ['idle', '2d', '30d'],
    ['absolute', '2d', '2d'],
  ] as const)('after its %s limit', async (_, idleTimeout, lifetime) => {
    const { sessions, clock } = setUp(2, { idleTimeout, lifetime })
    await signIn(sessions)
    clock.advance('1d')
    const second = await signIn(sessions)
    clock.advance('25h')
    const third = await signIn(sessions)
    expect(await open(sessions, [second, third])).toEqual([true, true])
  })
})

describe('logins at once', () => {
  test('ten of them leave as many sessions as may be, and no browser with a dead one unless it was pushed out', async () => {
    const { sessions } = setUp(3)
    const logins = await Promise.allSettled(Array.from({ length: 10 }, () => signIn(sessions)))
    const cookies = logins.flatMap((login) => (login.status === 'fulfilled' ? [login.value] : []))
    for (const login of logins) {
      if (login.status === 'rejected') expect(login.reason.code).toBe('superseded' satisfies SessionErrorCode)
    }
    expect((await open(sessions, cookies)).filter(Boolean)).toHaveLength(3)
    expect(await sessions.list('ada')).toHaveLength(3)
  })

  test('one that is pushed out before it is told leaves nothing', async () => {
    const { make, store } = setUp(1)
    const gate = gatedStore(store)
    const gated = make({ store: gate })
    const session = await gated.load(request())
    session.login('ada')
    const saved = failure('superseded', () => gated.save(session))
    for (const method of ['list', 'create']) {
      const call = await gate.next()
      expect(call.method).toBe(method)
      await call.release()
    }
    const cookie = await signIn(make())
    for (let i = 0; i < 2; i++) await (await gate.next()).release()
    expect((await saved).message).toContain('maxSessions')
    expect(await store.get(session.id)).toBeNull()
    expect(await open(make(), [cookie])).toEqual([true])
  })

  test('a store that fails at the last look fails the login, and ends nobody', async () => {
    const clock = fakeClock()
    const inner = new MemoryStore({ clock: clock.now })
    let lists = 0
    const faulty = faultyStore(inner, ({ method }) =>
      method === 'list' && ++lists === 2 ? 'throw' : undefined,
    )
    const { make } = bench('stored', { maxSessions: 1, store: inner, clock: clock.now })
    const sessions = make()
    const first = await signIn(sessions)
    await failure('store_unavailable', () => signIn(make({ store: faulty })))
    expect(await open(sessions, [first])).toEqual([true])
  })
})

describe('maxSessions', () => {
  const eventual = Object.assign(new MemoryStore(), { consistency: 'eventual' as const })
  const unlisted = Object.assign(new MemoryStore(), { list: undefined }) as unknown as Store

  test.each([0, -1, 1.5, Number.NaN, '3', null])('%j is refused', async (maxSessions) => {
    const { make } = bench('stored')
    const error = await failure('config', () => make({ maxSessions: maxSessions as number }))
    expect(error.message).toBe('maxSessions is a whole number from 1.')
  })

  test.each([
    ['sealed', undefined],
    ['a store that does not list', unlisted],
    ['an eventual store', eventual],
  ])('%s can not keep it', async (_, store) => {
    const { make } = bench(store ? 'stored' : 'sealed', store ? { store } : {})
    const error = await failure('config', () => make({ maxSessions: 3 }))
    expect(error.message).toBe('maxSessions needs a store that lists by owner, with strong consistency.')
  })
})
