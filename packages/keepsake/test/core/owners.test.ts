import { describe, expect, test } from 'vitest'
import { type MemoryStore, SessionManager } from '../../src/index.ts'
import { gatedStore } from '../../src/testing.ts'
import {
  begin,
  bench,
  failure,
  type Options,
  request,
  SECRETS,
  type Sessions,
  thrownBy,
  turn,
} from './kit.ts'

const setUp = (options: Options = {}) => {
  const { make, clock, store } = bench('stored', options)
  return { make, clock, sessions: make(), store: store as MemoryStore }
}

async function signIn(sessions: Sessions, owner: string, label?: string) {
  const { session, cookie } = await turn(sessions, '', (it) =>
    it.login(owner, label === undefined ? {} : { label }),
  )
  return { id: session.id, cookie }
}

async function opens(sessions: Sessions, cookie: string): Promise<boolean> {
  return (await turn(sessions, cookie)).session.outcome === 'loaded'
}

/** Every page, until one is empty. */
async function pages(sessions: Sessions, owner: string, limit: number): Promise<string[][]> {
  const all: string[][] = []
  let after: string | undefined
  for (;;) {
    const page = await sessions.list(owner, { limit, ...(after !== undefined && { after }) })
    if (page.length === 0) return all
    all.push(page.map(({ id }) => id))
    after = page.at(-1)?.id
  }
}

describe('list', () => {
  test('says of each session when it began, was seen and will end, and its label', async () => {
    const { sessions, clock } = setUp()
    const start = clock.now()
    const { id, cookie } = await signIn(sessions, 'ada', 'laptop')
    clock.advance('2h')
    await turn(sessions, cookie)
    expect(await sessions.list('ada')).toEqual([
      {
        id,
        createdAt: start,
        lastSeenAt: clock.now(),
        expiresAt: clock.now() + 7 * 86_400_000,
        authenticatedAt: start,
        label: 'laptop',
      },
    ])
  })

  test('a session has no label unless it was given one', async () => {
    const { sessions } = setUp()
    await signIn(sessions, 'ada')
    expect((await sessions.list('ada'))[0]).not.toHaveProperty('label')
  })

  test('the label stays when the owner proves again who they are, unless there is another', async () => {
    const { sessions } = setUp()
    let { cookie } = await signIn(sessions, 'ada', 'laptop')
    for (const [options, label] of [
      [{}, 'laptop'],
      [{ label: 'desk' }, 'desk'],
    ] as const) {
      cookie = (await turn(sessions, cookie, (session) => session.login('ada', options))).cookie
      expect((await sessions.list('ada')).map((listed) => listed.label)).toEqual([label])
    }
    await turn(sessions, cookie, (session) => session.login('bob'))
    expect((await sessions.list('bob'))[0]).not.toHaveProperty('label')
  })

  test('holds the sessions of this owner alone, in the order of their ids', async () => {
    const { sessions } = setUp()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await signIn(sessions, 'ada')).id)
    await signIn(sessions, 'bob')
    await begin(sessions)
    expect((await sessions.list('ada')).map(({ id }) => id)).toEqual([...ids].sort())
    expect(await sessions.list('ad')).toEqual([])
  })

  test.each([
    [1, [1, 1, 1, 1, 1]],
    [2, [2, 2, 1]],
    [5, [5]],
    [100, [5]],
  ])('in pages of %d none is left out and none comes twice', async (limit, sizes) => {
    const { sessions } = setUp()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await signIn(sessions, 'ada')).id)
    const all = await pages(sessions, 'ada', limit)
    expect(all.map((page) => page.length)).toEqual(sizes)
    expect(all.flat()).toEqual([...ids].sort())
  })

  test('a session that ended does not end the pages', async () => {
    const { make, clock } = setUp({ lifetime: '10d', idleTimeout: '10d' })
    for (let i = 0; i < 7; i++) await signIn(make(), 'ada')
    clock.advance('2h')
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.push((await signIn(make(), 'ada')).id)
    const stricter = make({ lifetime: '1h', idleTimeout: '1h' })
    for (const limit of [1, 2, 3, 10]) {
      expect((await pages(stricter, 'ada', limit)).flat()).toEqual([...ids].sort())
    }
  })

  test('what a logout ended is not in it', async () => {
    const { sessions } = setUp()
    const { cookie } = await signIn(sessions, 'ada')
    await turn(sessions, cookie, (session) => session.destroy())
    expect(await sessions.list('ada')).toEqual([])
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2'])('limit %j is refused', async (limit) => {
    const { sessions } = setUp()
    expect(await thrownBy(() => sessions.list('ada', { limit: limit as number }))).toBeInstanceOf(TypeError)
  })

  test('the store sees owners only as a hash of owner and audience', async () => {
    const { make, store } = setUp()
    for (const audience of ['one', 'two']) {
      const sessions = make({ audience })
      await signIn(sessions, 'ada')
      expect(await sessions.list('ada')).toHaveLength(1)
    }
    expect(store.list('ada', 10)).toEqual([])
  })
})

describe('revoke', () => {
  test('ends this session alone', async () => {
    const { sessions } = setUp()
    const [one, two] = [await signIn(sessions, 'ada'), await signIn(sessions, 'ada')]
    expect(await sessions.revoke(one.id, { owner: 'ada' })).toBe(true)
    expect([await opens(sessions, one.cookie), await opens(sessions, two.cookie)]).toEqual([false, true])
    expect(await sessions.revoke(one.id, { owner: 'ada' })).toBe(false)
  })

  test('nothing of somebody else, of nobody, or of no session', async () => {
    const { sessions } = setUp()
    const ada = await signIn(sessions, 'ada')
    const anonymous = await turn(sessions, '', (session) => {
      session.data.n = 1
    })
    for (const owner of ['bob', '', 'ADA', 'undefined']) {
      expect(await sessions.revoke(ada.id, { owner })).toBe(false)
      expect(await sessions.revoke(anonymous.session.id, { owner })).toBe(false)
    }
    for (const id of ['', 'nobody', '__proto__', 'A'.repeat(22)]) {
      expect(await sessions.revoke(id, { owner: 'ada' })).toBe(false)
    }
    expect([await opens(sessions, ada.cookie), await opens(sessions, anonymous.cookie)]).toEqual([true, true])
  })
})

describe('revokeAll', () => {
  test('ends all of this owner, says how many, and spares the others', async () => {
    const { sessions } = setUp()
    const mine = [await signIn(sessions, 'ada'), await signIn(sessions, 'ada')]
    const bob = await signIn(sessions, 'bob')
    expect(await sessions.revokeAll('ada')).toBe(2)
    for (const { cookie } of mine) expect(await opens(sessions, cookie)).toBe(false)
    expect(await opens(sessions, bob.cookie)).toBe(true)
    expect(await sessions.revokeAll('ada')).toBe(0)
  })

  test('of more than fit one page', async () => {
    const { sessions } = setUp()
    for (let i = 0; i < 205; i++) await signIn(sessions, 'ada')
    expect(await sessions.revokeAll('ada')).toBe(205)
    expect(await sessions.list('ada')).toEqual([])
  })

  test('except the session that asks', async () => {
    const { sessions } = setUp()
    const [here, there] = [await signIn(sessions, 'ada'), await signIn(sessions, 'ada')]
    expect(await sessions.revokeAll('ada', { except: here.id })).toBe(1)
    expect([await opens(sessions, here.cookie), await opens(sessions, there.cookie)]).toEqual([true, false])
  })

  test('a login a millisecond after it stands', async () => {
    const { sessions, clock } = setUp()
    await sessions.revokeAll('ada')
    clock.set(clock.now() + 1)
    expect(await opens(sessions, (await signIn(sessions, 'ada')).cookie)).toBe(true)
  })

  test('a login whose request began before it is refused, and leaves no record', async () => {
    const { sessions, store } = setUp()
    const session = await sessions.load(request())
    session.login('ada')
    await sessions.revokeAll('ada')
    await failure('superseded', () => sessions.save(session))
    expect(await sessions.list('ada')).toEqual([])
    expect(store.get(session.id)).toBeNull()
  })

  test('one whose record is being written meanwhile, too', async () => {
    const { make, store } = setUp()
    const gate = gatedStore(store)
    const gated = make({ store: gate })
    const session = await gated.load(request())
    session.login('ada')
    const saved = failure('superseded', () => gated.save(session))
    const create = await gate.next()
    expect(create.method).toBe('create')
    const sessions = make()
    expect(await sessions.revokeAll('ada')).toBe(0)
    await create.release()
    for (let i = 0; i < 2; i++) await (await gate.next()).release()
    await saved
    expect(await sessions.list('ada')).toEqual([])
  })

  test('the login of the session it spares stands', async () => {
    const { sessions } = setUp()
    const session = await sessions.load(request())
    session.login('ada')
    await sessions.revokeAll('ada', { except: session.id })
    const [line = ''] = await sessions.save(session)
    expect(await opens(sessions, line.split(';', 1)[0] ?? '')).toBe(true)
  })

  test('a request that ends all others and then logs in spares its own id', async () => {
    const { sessions, clock } = setUp()
    const reset = (spare: boolean) => () =>
      turn(sessions, '', async (session) => {
        await sessions.revokeAll('ada', spare ? { except: session.id } : {})
        session.login('ada')
      })
    await failure('superseded', reset(false))
    clock.advance('1s')
    const thief = await signIn(sessions, 'ada')
    const { cookie } = await reset(true)()
    expect([await opens(sessions, cookie), await opens(sessions, thief.cookie)]).toEqual([true, false])
  })

  test('what one call bars, the exception of the next does not let in', async () => {
    const { sessions } = setUp()
    const session = await sessions.load(request())
    session.login('ada')
    await sessions.revokeAll('ada')
    await sessions.revokeAll('ada', { except: session.id })
    await failure('superseded', () => sessions.save(session))
  })

  test('what was not a login goes on: a write of another owner, or of nobody', async () => {
    const { sessions } = setUp()
    const bob = await signIn(sessions, 'bob')
    const [session, anonymous] = [await sessions.load(request(bob.cookie)), await sessions.load(request())]
    session.data.n = 1
    anonymous.data.n = 1
    await sessions.revokeAll('ada')
    await sessions.save(session)
    expect(await sessions.save(anonymous)).toHaveLength(1)
    expect((await turn(sessions, bob.cookie)).session.data.n).toBe(1)
  })

  test('calls at once all end what there is', async () => {
    const { sessions } = setUp()
    const { cookie } = await signIn(sessions, 'ada')
    await Promise.all(Array.from({ length: 4 }, () => sessions.revokeAll('ada')))
    expect(await opens(sessions, cookie)).toBe(false)
  })
})

describe('without a store that lists', () => {
  const sealed = new SessionManager({ secrets: SECRETS[0] })

  test('sealed sessions reject all three, and say what to look at', async () => {
    for (const call of [
      () => sealed.list('ada'),
      () => sealed.revoke('id', { owner: 'ada' }),
      () => sealed.revokeAll('ada'),
    ]) {
      const promise = call()
      expect(promise).toBeInstanceOf(Promise)
      expect((await failure('not_supported', () => promise)).message).toContain('store')
    }
  })

  test('revoke needs no list', async () => {
    const { make, store } = setUp()
    const plain = Object.assign(Object.create(store), { list: undefined })
    for (const name of ['get', 'create', 'update', 'touch', 'delete'] as const)
      plain[name] = store[name].bind(store)
    const sessions = make({ store: plain })
    expect(sessions.capabilities).toMatchObject({ listable: false, revocable: true })
    const { id, cookie } = await signIn(sessions, 'ada')
    expect(await sessions.revoke(id, { owner: 'ada' })).toBe(true)
    expect(await opens(sessions, cookie)).toBe(false)
    await failure('not_supported', () => sessions.list('ada'))
    await failure('not_supported', () => sessions.revokeAll('ada'))
  })
})
