import { describe, expect, test } from 'vitest'
import { MemoryStore, type Store } from '../../src/index.ts'
import { sqliteStore } from '../../src/sqlite.ts'
import { faultyStore } from '../../src/testing.ts'
import { backings, begin, bench, type Data, failure, request, thrownBy, turn } from './kit.ts'

const count = (data: Data): void => {
  data.n = ((data.n as number | undefined) ?? 0) + 1
}

const stores: readonly [string, () => Store][] = [
  ['MemoryStore', () => new MemoryStore()],
  ['sqliteStore', () => sqliteStore(':memory:')],
]

describe.each(stores)('%s', (_, store) => {
  const make = () => bench('stored', { store: store(), clock: Date.now }).make()

  test('twenty requests at once are twenty', async () => {
    const sessions = make()
    const cookie = await begin(sessions, { n: 0 })
    await Promise.all(
      Array.from({ length: 20 }, () => turn(sessions, cookie, (session) => sessions.update(session, count))),
    )
    expect((await turn(sessions, cookie)).session.data.n).toBe(20)
  })

  test('twenty updates at once of one request, too', async () => {
    const sessions = make()
    const cookie = await begin(sessions, { n: 0 })
    const session = await sessions.load(request(cookie))
    await Promise.all(Array.from({ length: 20 }, () => sessions.update(session, count)))
    await sessions.save(session)
    expect((await turn(sessions, cookie)).session.data.n).toBe(20)
  })

  test('of a hundred at once none counts twice or in vain: who is turned away hears of it', async () => {
    const sessions = make()
    const cookie = await begin(sessions, { n: 0 })
    const one = () => turn(sessions, cookie, (session) => sessions.update(session, count))
    const results = await Promise.allSettled(Array.from({ length: 100 }, one))
    const counted = results.filter(({ status }) => status === 'fulfilled')
    expect(counted.length).toBeGreaterThanOrEqual(64)
    expect((await turn(sessions, cookie)).session.data.n).toBe(counted.length)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
    }
  })

  test('from sockets, long after the responses have left', async () => {
    const sessions = make()
    const cookie = await begin(sessions, { n: 0 })
    const sockets = [await turn(sessions, cookie), await turn(sessions, cookie)]
    for (let i = 0; i < 5; i++) {
      await Promise.all(sockets.map(({ session }) => sessions.update(session, count)))
    }
    expect((await turn(sessions, cookie)).session.data.n).toBe(10)
  })
})

describe('stored', () => {
  test('the change is seen through the object the app already holds', async () => {
    const sessions = bench('stored').make()
    const session = await sessions.load(request(await begin(sessions, { n: 1 })))
    const held = session.data
    await sessions.update(session, count)
    expect(held).toBe(session.data)
    expect(held.n).toBe(2)
  })

  test('own unsaved changes are neither written by it nor lost', async () => {
    const sessions = bench('stored').make()
    const cookie = await begin(sessions)
    const session = await sessions.load(request(cookie))
    session.data.own = true
    await sessions.update(session, (data) => {
      expect({ ...data }).toEqual({ n: 1 })
      count(data)
    })
    expect({ ...(await turn(sessions, cookie)).session.data }).toEqual({ n: 2 })
    await sessions.save(session)
    expect({ ...(await turn(sessions, cookie)).session.data }).toEqual({ n: 2, own: true })
  })

  test('flash that another request kept meanwhile is there, and stays', async () => {
    const sessions = bench('stored').make()
    const cookie = await begin(sessions)
    const session = await sessions.load(request(cookie))
    session.flash('mine', '1')
    await turn(sessions, cookie, (other) => other.flash('theirs', '2'))
    await sessions.update(session, count)
    expect([session.peek('mine'), session.peek('theirs')]).toEqual(['1', '2'])
    await sessions.save(session)
    const later = (await turn(sessions, cookie)).session
    expect([later.peek('mine'), later.peek('theirs')]).toEqual(['1', '2'])
  })

  test('flash that another request took meanwhile does not come back', async () => {
    const sessions = bench('stored').make()
    const cookie = await begin(sessions)
    await turn(sessions, cookie, (session) => session.flash('notice', 'once'))
    const session = await sessions.load(request(cookie))
    expect(session.peek('notice')).toBe('once')
    await turn(sessions, cookie, (other) => other.take('notice'))
    await sessions.update(session, count)
    session.data.own = true
    await sessions.save(session)
    expect((await turn(sessions, cookie)).session.peek('notice')).toBeUndefined()
  })

  test('after the commit the data read is frozen, and the newest', async () => {
    const sessions = bench('stored').make()
    const { session } = await turn(sessions, await begin(sessions))
    await sessions.update(session, count)
    expect(session.data.n).toBe(2)
    expect(() => {
      session.data.n = 3
    }).toThrow(TypeError)
  })

  test('it goes on after the login that this request committed', async () => {
    const sessions = bench('stored').make()
    const { session, cookie } = await turn(sessions, await begin(sessions), (it) => it.login('ada'))
    await sessions.update(session, count)
    const later = (await turn(sessions, cookie)).session
    expect([later.data.n, later.owner]).toEqual([2, 'ada'])
  })

  test.each(['login', 'regenerate', 'destroy'] as const)('superseded by a %s elsewhere', async (end) => {
    const sessions = bench('stored').make()
    const cookie = await begin(sessions)
    const { session } = await turn(sessions, cookie)
    await turn(sessions, cookie, (other) => (end === 'login' ? other.login('ada') : other[end]()))
    await failure('superseded', () => sessions.update(session, count))
  })

  test('after destroy in the same request there is nothing to update but what follows', async () => {
    const { make, store } = bench('stored')
    const sessions = make()
    const cookie = await begin(sessions)
    const next = await turn(sessions, cookie, async (session) => {
      session.destroy()
      await sessions.update(session, count)
    })
    const { session } = await turn(sessions, next.cookie)
    expect({ ...session.data }).toEqual({ n: 1 })
    expect((store as MemoryStore).size).toBe(1)
  })

  test('what the change throws is rejected with, and nothing is written', async () => {
    const { make } = bench('stored')
    const sessions = make()
    const cookie = await begin(sessions)
    const session = await sessions.load(request(cookie))
    const boom = new Error('boom')
    const thrown = await thrownBy(() =>
      sessions.update(session, (data) => {
        data.n = 9
        throw boom
      }),
    )
    expect(thrown).toBe(boom)
    expect(session.data.n).toBe(1)
    expect((await turn(sessions, cookie)).session.data.n).toBe(1)
  })

  test('one whose answer was lost is counted once', async () => {
    const { make } = bench('stored')
    const plain = new MemoryStore()
    let lost = 1
    const store = faultyStore(plain, ({ method }) =>
      method === 'update' && lost-- > 0 ? 'throw-after' : undefined,
    )
    const sessions = make({ store, clock: Date.now })
    const cookie = await begin(sessions)
    const session = await sessions.load(request(cookie))
    await sessions.update(session, count)
    expect((await turn(sessions, cookie)).session.data.n).toBe(2)
  })

  test('the session is seen by it: a renewal is not due then', async () => {
    const { make, clock } = bench('stored')
    const sessions = make({ idleTimeout: '2h', renewAfter: '1h' })
    const cookie = await begin(sessions)
    const { session } = await turn(sessions, cookie)
    clock.advance('90m')
    await sessions.update(session, count)
    clock.advance('90m')
    expect((await turn(sessions, cookie)).session.outcome).toBe('loaded')
  })
})

describe.each(backings)('%s', (backing) => {
  test('of a new session it changes what will be saved', async () => {
    const sessions = bench(backing).make()
    const { cookie, sent } = await turn(sessions, '', async (session) => {
      await sessions.update(session, count)
      await sessions.update(session, count)
    })
    expect(sent).toHaveLength(1)
    expect((await turn(sessions, cookie)).session.data.n).toBe(2)
  })

  test('of a new session after its commit it is too late', async () => {
    const sessions = bench(backing).make()
    const { session } = await turn(sessions)
    await failure('too_late', () => sessions.update(session, count))
  })

  test('an asynchronous change is refused: what it writes later would be lost', async () => {
    const sessions = bench(backing).make()
    const session = await sessions.load(request(await begin(sessions)))
    const late = async (data: Data): Promise<void> => {
      await undefined
      data.n = 9
    }
    expect(await thrownBy(() => sessions.update(session, late))).toBeInstanceOf(TypeError)
  })

  test('what JSON can’t carry is refused, and can be taken back', async () => {
    const sessions = bench(backing).make()
    const cookie = await begin(sessions)
    const { session } = await turn(sessions, cookie, async (it) => {
      await sessions
        .update(it, (data) => {
          data.at = new Date(0)
        })
        .catch(() => undefined)
      delete it.data.at
      it.data.ok = true
    })
    expect({ ...session.data }).toEqual({ n: 1, ok: true })
  })
})

test('sealed: it changes this request’s data, and nobody else’s', async () => {
  const sessions = bench('sealed').make()
  const cookie = await begin(sessions)
  const next = await turn(sessions, cookie, (session) => sessions.update(session, count))
  expect((await turn(sessions, next.cookie)).session.data.n).toBe(2)
  expect((await turn(sessions, cookie)).session.data.n).toBe(1)
})
