import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ManagerOptions, MemoryStore, reader, type Store } from '../../src/index.ts'
import { revocation } from '../../src/revocation.ts'
import { intercept } from '../../src/testing/intercept.ts'
import { faultyStore } from '../../src/testing.ts'
import { backings, bench, type Data, failure, NAME, request, turn, type Visit } from '../core/kit.ts'
import { cookieOf, type Old, toy } from './toy.ts'

const old: Old = { id: 'one', user: 'ada', cart: ['tea'] }
const cart = { cart: ['tea'] }
const owner = ({ user }: Old): string | undefined => user

afterEach(() => vi.useRealTimers())

function stored(more: Partial<ManagerOptions<Data>> = {}) {
  return bench('stored', { accept: [toy()], ...more })
}

describe('in a store, a copy of what was taken over opens nothing', () => {
  test('from the moment on', async () => {
    const { make, events } = stored()
    await turn(make(), cookieOf(old))
    events.length = 0
    const { session, sent } = await turn(make(), cookieOf(old))
    expect(session.outcome).toBe('superseded')
    expect({ ...session.data }).toEqual({})
    expect(sent).toEqual([])
    expect(events).toEqual([{ type: 'superseded', from: 'old' }])
  })

  test('nor after a logout, by whatever cookie, until its date', async () => {
    for (const by of ['ours', 'theirs']) {
      const { make, clock } = stored()
      const { cookie } = await turn(make(), cookieOf(old))
      await turn(make(), by === 'ours' ? cookie : cookieOf(old), (session) => session.destroy())
      expect((await turn(make(), cookieOf(old))).session.outcome).toBe('superseded')
      clock.advance('400d')
      expect((await turn(make(), cookieOf(old))).session.outcome).toBe('superseded')
    }
  })

  test('a logout that is the first thing to come ends it, too', async () => {
    const { make } = stored()
    const { cookie } = await turn(make(), cookieOf(old), (session) => session.destroy())
    expect(cookie).toBe('')
    expect((await turn(make(), cookieOf(old))).session.outcome).toBe('superseded')
  })

  test('however its cookie is spelled, if it has an id', async () => {
    const { make } = stored()
    await turn(make(), cookieOf(old))
    const { session } = await turn(make(), cookieOf({ ...old, cart: ['another spelling'] }))
    expect(session.outcome).toBe('superseded')
  })

  test('what is kept of it is a hash, for as long as it could open', async () => {
    const kept: unknown[] = []
    const store = intercept(new MemoryStore(), ({ method, args }, run) => {
      if (method === 'create') kept.push(...args.slice(0, 3))
      return run()
    })
    const { make } = stored({ store })
    await turn(make(), cookieOf(old))
    expect(kept.join()).not.toContain('one')
    expect(kept.join()).not.toContain(cookieOf(old).slice(4, 20))
    expect(kept.at(-1)).toEqual(new Date('2099-01-01'))
  })

  test('another session of the same content is another one', async () => {
    const { make } = stored()
    await turn(make(), cookieOf(old))
    expect((await turn(make(), cookieOf({ ...old, id: 'two' }))).session.outcome).toBe('accepted')
  })

  test('without an id, equal cookies are one, unless once is false', async () => {
    const { id: _, ...same } = old
    const strict = stored()
    await turn(strict.make(), cookieOf(same))
    expect((await turn(strict.make(), cookieOf(same))).session.outcome).toBe('superseded')
    const { make } = stored({ accept: [toy({ once: false })] })
    const [first, second] = [await turn(make(), cookieOf(same)), await turn(make(), cookieOf(same))]
    expect(second.session.outcome).toBe('accepted')
    expect(second.session.id).not.toBe(first.session.id)
  })
})

describe('sealed, nothing is kept', () => {
  test('so that a copy opens until its date', async () => {
    const { make } = bench('sealed', { accept: [toy()] })
    const { cookie } = await turn(make(), cookieOf(old))
    await turn(make(), cookie, (session) => session.destroy())
    expect((await turn(make(), cookieOf(old))).session.outcome).toBe('accepted')
  })

  test('but a late answer does not bring back what a logout ended meanwhile', async () => {
    const { make } = bench('sealed', { accept: [toy()] })
    const late = await turn(make(), cookieOf(old))
    const { cookie } = await turn(make(), cookieOf(old), (session) => session.destroy())
    expect((await turn(make(), `${cookie}; ${late.cookie}`)).session.outcome).toBe('revoked')
  })
})

describe('sealed, with a list of what has ended', () => {
  const listed = () =>
    bench('sealed', { accept: [toy({ owner })], revocation: revocation(new MemoryStore()) })

  test('who moves in has proved nothing: authenticatedAt stays unset', async () => {
    const { make } = listed()
    const { session, cookie } = await turn(make(), cookieOf(old))
    expect([session.owner, session.authenticatedAt]).toEqual(['ada', undefined])
    expect((await turn(make(), cookie)).session.authenticatedAt).toBeUndefined()
    const at = await turn(make(), cookie, (it) => it.login('ada'))
    expect(at.session.authenticatedAt).toBeTypeOf('number')
  })

  test.each([
    ['a logout', (session: Visit) => session.destroy()],
    ['a login', (session: Visit) => session.login('bob')],
  ])('after %s a copy opens nothing', async (_, end) => {
    const { make } = listed()
    const { cookie } = await turn(make(), cookieOf(old))
    await turn(make(), cookie, end)
    const { session, sent } = await turn(make(), cookieOf(old))
    expect([session.outcome, session.owner, sent]).toEqual(['revoked', undefined, []])
    expect((await turn(make(), cookieOf({ ...old, id: 'two' }))).session.owner).toBe('ada')
  })
})

describe('shortly after', () => {
  const write = ({ data }: { data: Data }): void => {
    data.n = 1
  }

  test('a request that still brings the old cookie does not replace the new one', async () => {
    const { make } = stored()
    const sessions = make()
    await turn(sessions, cookieOf(old))
    const late = await sessions.load(request(cookieOf(old)))
    write(late)
    const { message } = await failure('superseded', () => sessions.save(late))
    expect(message).toContain('The next request brings its new cookie.')
  })

  test('it may log in, and it may log out', async () => {
    const { make } = stored()
    const { cookie } = await turn(make(), cookieOf(old))
    const { cookie: own } = await turn(make(), cookieOf(old), (session) => session.login('bob'))
    expect((await turn(make(), own)).session.owner).toBe('bob')
    await turn(make(), cookieOf(old), (session) => session.destroy())
    expect((await turn(make(), cookie)).session.outcome).toBe('unknown')
  })

  test('later it is a visitor like any other, and a copy ends nothing', async () => {
    const { make, clock } = stored()
    const { cookie } = await turn(make(), cookieOf(old))
    clock.advance('30s')
    await turn(make(), cookieOf(old), (session) => session.destroy())
    expect((await turn(make(), cookie)).session.outcome).toBe('loaded')
    const written = await turn(make(), cookieOf(old), write)
    expect(written.cookie).toMatch(new RegExp(`^${NAME}=`))
    expect((await turn(make(), written.cookie)).session.data).toEqual({ n: 1 })
  })
})

describe('owners', () => {
  const accept = [toy({ owner })]

  test('who has moved in is listed, and revoked with all', async () => {
    const { make } = stored({ accept })
    const { cookie, session } = await turn(make(), cookieOf(old))
    expect((await make().list('ada')).map(({ id }) => id)).toEqual([session.id])
    await make().revokeAll('ada')
    expect((await turn(make(), cookie)).session.outcome).toBe('unknown')
  })

  test('once everything of an owner was revoked, nothing older moves in', async () => {
    const { make, clock } = stored({ accept })
    await make().revokeAll('ada')
    clock.advance('1h')
    const { session } = await turn(make(), cookieOf(old))
    expect(session.outcome).toBe('revoked')
    expect(session.owner).toBeUndefined()
    expect((await turn(make(), cookieOf({ ...old, user: 'bob', id: 'two' }))).session.owner).toBe('bob')
  })

  test.each([
    'stored',
    'sealed',
  ] as const)('nor after a new session would have ended, %s', async (backing) => {
    const { make, clock } = bench(backing, {
      accept: [toy({ owner })],
      ...(backing === 'sealed' && { revocation: revocation(new MemoryStore({ clock: () => clock.now() })) }),
    })
    await make().revokeAll('ada')
    clock.advance('400d')
    expect((await turn(make(), cookieOf(old))).session.outcome).toBe('revoked')
  })

  test('nor what was under way', async () => {
    const { make } = stored({ accept })
    const sessions = make()
    const session = await sessions.load(request(cookieOf(old)))
    expect(session.owner).toBe('ada')
    await sessions.revokeAll('ada')
    await failure('superseded', () => sessions.save(session))
    expect(await sessions.list('ada')).toEqual([])
  })
})

describe('outages', () => {
  const failing = (method: 'get' | 'create', nth: number, how: 'throw' | 'throw-after' = 'throw'): Store => {
    let calls = 0
    return faultyStore(new MemoryStore(), (call) =>
      call.method === method && ++calls === nth ? how : undefined,
    )
  }

  test('a mark that could not be made costs nothing: the old cookie opens again', async () => {
    const { make } = stored({ store: failing('create', 2) })
    const sessions = make()
    const session = await sessions.load(request(cookieOf(old)))
    expect({ ...session.data }).toEqual(cart)
    await failure('store_unavailable', () => sessions.save(session))
    expect({ ...(await turn(make(), cookieOf(old))).session.data }).toEqual(cart)
  })

  test('a mark that was made, though its answer was lost, is found', async () => {
    const { make } = stored({ store: failing('create', 2, 'throw-after') })
    const { cookie } = await turn(make(), cookieOf(old))
    expect({ ...(await turn(make(), cookie)).session.data }).toEqual(cart)
    expect((await turn(make(), cookieOf(old))).session.outcome).toBe('superseded')
  })

  test('our own store down while the mark is looked for: as onStoreError says', async () => {
    await failure('store_unavailable', () => turn(stored({ store: failing('get', 1) }).make(), cookieOf(old)))
    const { make } = stored({ store: failing('get', 1), onStoreError: 'anonymous' })
    expect((await turn(make(), cookieOf(old))).session.outcome).toBe('store-error')
  })

  test('a logout whose store was down at first ends the old session all the same', async () => {
    const { make } = stored({ store: failing('get', 1), onStoreError: 'anonymous' })
    const { cookie } = await turn(make(), cookieOf(old), (session) => session.destroy())
    expect(cookie).toBe('')
    expect((await turn(make(), cookieOf(old))).session.outcome).toBe('superseded')
  })

  const reading = (open: () => Promise<never>) =>
    reader<Old, Data>({ door: 'toy', cookies: ['old'], open }, { until: '2099-01-01', map: () => ({}) })

  test.each(backings)('theirs down, %s: as onStoreError says', async (backing) => {
    const accept = [reading(() => Promise.reject(new Error('theirs is down')))]
    const { make, events } = bench(backing, { accept })
    const { message } = await failure('store_unavailable', () => turn(make(), cookieOf(old)))
    expect(message).toContain('at reading old: theirs is down')
    expect(events).toEqual([{ type: 'store-error', reason: message }])
    const { session } = await turn(make({ onStoreError: 'anonymous' }), cookieOf(old))
    expect(session.outcome).toBe('store-error')
  })

  test('theirs hangs: for storeTimeout at most', async () => {
    vi.useFakeTimers()
    const { make } = bench('sealed', {
      accept: [reading(() => new Promise(() => undefined))],
      storeTimeout: '3s',
    })
    const failed = failure('store_unavailable', () => turn(make(), cookieOf(old)))
    await vi.advanceTimersByTimeAsync(3_000)
    expect((await failed).message).toContain('no answer within 3000 ms')
  })
})
