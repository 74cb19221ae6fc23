import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { MemoryStore } from '../../src/index.ts'
import { sqliteStore } from '../../src/sqlite.ts'
import { type Actor, type FakeClock, faultyStore, gatedStore, interleave } from '../../src/testing.ts'
import { seeded } from '../races/choices.ts'
import { begin, bench, failure, type Options, request, SECRETS, thrownBy, turn, type Visit } from './kit.ts'

/** Remembers what it was given, as a disk would. */
class Disk extends MemoryStore {
  readonly values: Map<string, string> = new Map()

  override create(id: string, value: string, expires: Date, owner?: string): boolean {
    const made = super.create(id, value, expires, owner)
    if (made) this.values.set(id, value)
    return made
  }

  override update(id: string, value: string, expires: Date, version: number, owner?: string): boolean {
    const made = super.update(id, value, expires, version, owner)
    if (made) this.values.set(id, value)
    return made
  }

  override delete(id: string): void {
    this.values.delete(id)
    super.delete(id)
  }
}

const setUp = async (options: Options = {}) => {
  let clock: FakeClock | undefined
  const disk = new Disk({ clock: () => clock?.now() ?? 0 })
  const world = bench('stored', { store: disk, ...options })
  clock = world.clock
  const sessions = world.make()
  const cookie = await begin(sessions)
  const load = (from = cookie): Promise<Visit> => sessions.load(request(from))
  return { ...world, clock: world.clock, disk, sessions, cookie, load }
}

/** A call upstream that is answered when the test says so. */
function upstream() {
  let answer: (result: string) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const answered = new Promise<string>((resolve, reject) => {
    answer = resolve
    fail = reject
  })
  const call = {
    asked: 0,
    answer,
    fail,
    ask: (): Promise<string> => {
      call.asked++
      return answered
    },
  }
  return call
}

/** Lets everything go on that waits for nothing but promises. */
async function idle(): Promise<void> {
  for (let turns = 0; turns < 100; turns++) await undefined
}

const promptly = { wait: idle }

describe('callers at once', () => {
  test('50 requests run it once, and all get its result', async () => {
    const { sessions, load } = await setUp()
    const token = upstream()
    const requests = Array.from({ length: 50 }, async () =>
      sessions.exclusive(await load(), 'token', token.ask, promptly),
    )
    await idle()
    token.answer('fresh')
    expect(await Promise.all(requests)).toEqual(Array(50).fill('fresh'))
    expect(token.asked).toBe(1)
  })

  test('also where it is over before some of them have come to it', async () => {
    const { sessions, load, clock } = await setUp()
    const [early, late] = [await load(), await load()]
    clock.advance('1s')
    let runs = 0
    for (const session of [early, late])
      expect(await sessions.exclusive(session, 'token', () => ++runs)).toBe(1)
  })

  test('and where another server dates their coming after its end, if it wrote what it obtained', async () => {
    const { sessions, make, cookie, load, clock } = await setUp()
    const ahead = make({ clock: () => clock.now() + 50_000 })
    const [here, there] = [await load(), await ahead.load(request(cookie))]
    let runs = 0
    const refresh = (manager: typeof sessions, session: Visit) => () =>
      manager
        .update(session, (data) => {
          data.token = ++runs
        })
        .then(() => runs)
    expect(await sessions.exclusive(here, 'token', refresh(sessions, here))).toBe(1)
    expect(await ahead.exclusive(there, 'token', refresh(ahead, there))).toBe(1)
    expect((await turn(sessions, cookie)).session.data.token).toBe(1)
  })

  test('whoever is faster at each step: it runs once', async () => {
    const { make, disk } = await setUp()
    const sessions = make()
    for (let seed = 1; seed <= 300; seed++) {
      const cookie = await begin(sessions)
      let runs = 0
      const caller = async (): Promise<Actor & { done: Promise<number> }> => {
        const gate = gatedStore(disk)
        const gated = make({ store: gate })
        const loading = gated.load(request(cookie))
        await (await gate.next()).release()
        const session = await loading
        const fn = async (): Promise<number> => {
          await gated.update(session, (data) => {
            data.runs = ++runs
          })
          return runs
        }
        return { gate, done: gated.exclusive(session, 'token', fn, { wait: async () => undefined }) }
      }
      const callers = await Promise.all([caller(), caller(), caller()])
      const order = await interleave(callers, seeded(seed))
      expect(await Promise.all(callers.map(({ done }) => done)), order.join()).toEqual([1, 1, 1])
    }
  })

  test('P21: and where the servers of a fleet have their secrets in another order', async () => {
    const { make, cookie } = await setUp()
    const [here, there] = [make({ secrets: SECRETS }), make({ secrets: [...SECRETS].reverse() })]
    const token = upstream()
    const both = [here, there].map(async (sessions) =>
      sessions.exclusive(await sessions.load(request(cookie)), 'token', token.ask, promptly),
    )
    await idle()
    token.answer('fresh')
    expect([await Promise.all(both), token.asked]).toEqual([['fresh', 'fresh'], 1])
  })

  test('a request that comes later runs it anew', async () => {
    const { sessions, load, clock } = await setUp()
    let runs = 0
    for (const expected of [1, 2, 3]) {
      clock.advance('1s')
      expect(await sessions.exclusive(await load(), 'token', () => ++runs)).toBe(expected)
    }
  })

  test.each([
    ['null', null],
    ['nothing', undefined],
    ['a text', 'tok€n \u2028 \ud800'],
    ['an object', { access: 'a', scopes: ['x', 'y'], n: { deep: [1, null, true] } }],
  ])('%s comes to the others as it was', async (_, result) => {
    const { sessions, load } = await setUp()
    const all = await Promise.all(
      [1, 2, 3].map(async () => sessions.exclusive(await load(), 'k', async () => result, promptly)),
    )
    expect(all).toEqual([result, result, result])
  })

  test('an interface is plain JSON, too; a Date is refused by the compiler and at run time', async () => {
    interface Token {
      access: string
    }
    const { sessions, load } = await setUp()
    const token: Token = { access: 'x' }
    expect((await sessions.exclusive(await load(), 'a', () => token)).access).toBe('x')
    const [session, date] = [await load(), (): Date => new Date()]
    // @ts-expect-error a Date would come to the others as a text
    const error = await failure('invalid_data', () => sessions.exclusive(session, 'b', date))
    expect(error.path).toBe('result.value')
    expect(await sessions.exclusive(await load(), 'b', () => 'the next one runs')).toBe('the next one runs')
  })
})

describe('what does not belong together does not wait', () => {
  test('other keys, other sessions, other audiences', async () => {
    const { sessions, make, load } = await setUp()
    const token = upstream()
    const waiting = sessions.exclusive(await load(), 'token', token.ask)
    await idle()
    expect(await sessions.exclusive(await load(), 'photo', () => 'photo')).toBe('photo')
    const another = await load(await begin(sessions))
    expect(await sessions.exclusive(another, 'token', () => 'another')).toBe('another')
    const other = make({ audience: 'other' })
    const there = await other.load(request(await begin(other)))
    expect(await other.exclusive(there, 'token', () => 'there')).toBe('there')
    token.answer('mine')
    expect(await waiting).toBe('mine')
  })

  test('a key that spells another one with its neighbour does not meet it', async () => {
    const { sessions, load } = await setUp()
    const keys = ['', 'a', 'a\0', 'A', 'ab', '__proto__']
    expect(
      await Promise.all(keys.map(async (key) => sessions.exclusive(await load(), key, () => key))),
    ).toEqual(keys)
  })

  test('a new session has no others: it runs at once, and leaves nothing', async () => {
    const { sessions, disk } = await setUp()
    const { size } = disk
    const session = await sessions.load(request())
    expect(await sessions.exclusive(session, 'token', () => 'x')).toBe('x')
    expect(disk.size).toBe(size)
  })
})

describe('a runner that fails', () => {
  test('by an error: it has the error, and of those who wait one runs anew', async () => {
    const { sessions, load } = await setUp()
    const [first, second] = [upstream(), upstream()]
    const failed = thrownBy(async () => sessions.exclusive(await load(), 'token', first.ask))
    await idle()
    const waiting = Array.from({ length: 9 }, async () =>
      sessions.exclusive(await load(), 'token', second.ask, promptly),
    )
    await idle()
    expect(second.asked).toBe(0)
    first.fail(new Error('upstream is down'))
    expect(await failed).toMatchObject({ message: 'upstream is down' })
    while (second.asked === 0) await idle()
    second.answer('fresh')
    expect(await Promise.all(waiting)).toEqual(Array(9).fill('fresh'))
    expect(second.asked).toBe(1)
  })

  test('if it throws at once, too', async () => {
    const { sessions, load } = await setUp()
    const thrown = new Error('no')
    const call = async (): Promise<unknown> =>
      sessions.exclusive(await load(), 'token', (): string => {
        throw thrown
      })
    expect([await thrownBy(call), await thrownBy(call)]).toEqual([thrown, thrown])
  })

  test('by its death: another runs when the lease is over, and not before', async () => {
    const { sessions, load, clock } = await setUp()
    void sessions.exclusive(await load(), 'token', upstream().ask)
    await idle()
    const started = clock.now()
    const wait = async (milliseconds: number): Promise<void> => {
      clock.set(clock.now() + milliseconds)
      await idle()
    }
    const next = upstream()
    next.answer('fresh')
    const both = [1, 2].map(async () =>
      sessions.exclusive(await load(), 'token', next.ask, { lease: '10s', wait }),
    )
    expect(await Promise.all(both)).toEqual(['fresh', 'fresh'])
    expect(next.asked).toBe(1)
    expect(clock.now() - started).toBeGreaterThanOrEqual(10_000)
    expect(clock.now() - started).toBeLessThan(11_000)
  })

  test.each([
    '1s',
    '5m',
  ] as const)('one that comes back after its lease has its own result, and disturbs nobody: %s', async (later) => {
    const { sessions, load, clock } = await setUp()
    const [slow, next] = [upstream(), upstream()]
    const late = sessions.exclusive(await load(), 'token', slow.ask)
    await idle()
    const wait = async (): Promise<void> => {
      clock.advance('1s')
      await idle()
    }
    clock.advance(later)
    const taken = sessions.exclusive(await load(), 'token', next.ask, { wait })
    while (next.asked === 0) await idle()
    slow.answer('late')
    expect(await late).toBe('late')
    const waiting = sessions.exclusive(await load(), 'token', () => 'third', promptly)
    await idle()
    next.answer('fresh')
    expect([await taken, await waiting]).toEqual(['fresh', 'fresh'])
  })

  test('a server whose clock is a minute ahead takes no runner for dead', async () => {
    const { make, clock } = await setUp()
    const database = new DatabaseSync(':memory:')
    const ticking = (by: number) => {
      const now = (): number => clock.now() + by
      return make({ clock: now, store: sqliteStore(database, { clock: now }) })
    }
    const [here, ahead] = [ticking(0), ticking(60_000)]
    const cookie = await begin(here)
    const token = upstream()
    const runner = here.exclusive(await here.load(request(cookie)), 'token', token.ask)
    await idle()
    const waiter = ahead.exclusive(await ahead.load(request(cookie)), 'token', () => 'again', promptly)
    await idle()
    token.answer('fresh')
    expect([await runner, await waiter]).toEqual(['fresh', 'fresh'])
  })
})

describe('P8: a session that was ended', () => {
  test('runs nothing, and hands out nothing, although a request had loaded it before', async () => {
    const { sessions, cookie, load, clock } = await setUp()
    const [before, too] = [await load(), await load()]
    clock.advance('1s')
    expect(await sessions.exclusive(before, 'token', () => 'secret')).toBe('secret')
    await turn(sessions, cookie, (session) => session.destroy())
    let runs = 0
    await failure('superseded', () => sessions.exclusive(too, 'token', () => ++runs))
    expect(runs).toBe(0)
  })

  test('while it waited: the wait is over', async () => {
    const { sessions, cookie, load } = await setUp()
    const token = upstream()
    const runner = sessions.exclusive(await load(), 'token', token.ask)
    await idle()
    const waiter = failure('superseded', async () =>
      sessions.exclusive(await load(), 'token', () => 'again', promptly),
    )
    await idle()
    await turn(sessions, cookie, (session) => session.destroy())
    await waiter
    token.answer('secret')
    expect(await runner).toBe('secret')
  })

  test('leaves nothing to read: the result was never in the clear, and its key went with the session', async () => {
    const { sessions, cookie, load, disk } = await setUp()
    await sessions.exclusive(await load(), 'token', () => 'upstream-secret')
    const { e: epoch } = JSON.parse([...disk.values.values()][0]?.split('\n')[0] ?? '{}')
    await turn(sessions, cookie, (session) => session.destroy())
    const left = [...disk.values.entries()].join('\n')
    expect(left).not.toContain('upstream-secret')
    expect(left).not.toContain('token')
    expect(left).not.toContain(epoch)
    expect(left.length).toBeLessThan(300)
  })

  test('a login starts afresh: what was obtained before it is for nobody after it', async () => {
    const { sessions, make, clock, cookie, load } = await setUp()
    await sessions.exclusive(await load(), 'token', () => 'anonymous')
    const { cookie: after } = await turn(sessions, cookie, (session) => session.login('ada'))
    const behind = make({ clock: () => clock.now() - 10_000 })
    const session = await behind.load(request(after))
    expect(await behind.exclusive(session, 'token', () => 'of ada')).toBe('of ada')
  })
})

describe('P27: a store that fails', () => {
  test('before the run: nothing runs', async () => {
    const { disk, make, cookie } = await setUp()
    let creates = 0
    const store = faultyStore(disk, ({ method }) => (method === 'create' && ++creates ? 'throw' : undefined))
    const sessions = make({ store })
    let runs = 0
    const session = await sessions.load(request(cookie))
    await failure('store_unavailable', () => sessions.exclusive(session, 'token', () => ++runs))
    expect(runs).toBe(0)
  })

  test('after it: the runner has its result, and it is reported', async () => {
    const { disk, make, cookie, events } = await setUp()
    const store = faultyStore(disk, ({ method }) => (method === 'update' ? 'throw' : undefined))
    const sessions = make({ store })
    const session = await sessions.load(request(cookie))
    expect(await sessions.exclusive(session, 'token', () => 'fresh')).toBe('fresh')
    expect(events.map(({ type }) => type)).toEqual(['store-error'])
  })
})

describe('exclusive', () => {
  test('works after the commit, in a socket', async () => {
    const { sessions, load } = await setUp()
    const session = await load()
    expect(session.isNew).toBe(false)
    await sessions.save(session)
    expect(await sessions.exclusive(session, 'token', () => 'fresh')).toBe('fresh')
  })

  test.each([
    ['sealed', bench('sealed')],
    [
      'an eventual store',
      bench('stored', { store: Object.assign(new MemoryStore(), { consistency: 'eventual' as const }) }),
    ],
  ])('is not supported on %s', async (_, { make }) => {
    const sessions = make({ secrets: SECRETS[0] })
    const session = await sessions.load(request())
    let runs = 0
    const error = await failure('not_supported', () => sessions.exclusive(session, 'token', () => ++runs))
    expect(error.message).toContain('capabilities.compareAndSet')
    expect([sessions.capabilities.compareAndSet, runs]).toEqual([false, 0])
  })

  test.each([undefined, 7, 'x'.repeat(1025)])('refuses the key %j', async (key) => {
    const { sessions, load } = await setUp()
    const session = await load()
    expect(await thrownBy(() => sessions.exclusive(session, key as string, () => 1))).toBeInstanceOf(
      TypeError,
    )
  })

  test.each([0, -1, '10', '2 minutes'])('refuses the lease %j', async (lease) => {
    const { sessions, load } = await setUp()
    const session = await load()
    await failure('config', () => sessions.exclusive(session, 'k', () => 1, { lease: lease as '1s' }))
  })
})
