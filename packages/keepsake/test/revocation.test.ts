import { describe, expect, test } from 'vitest'
import { MemoryStore, type SessionEvent, SessionManager, type Store } from '../src/index.ts'
import { revocation } from '../src/revocation.ts'
import { type FakeClock, fakeClock, faultyStore, gatedStore } from '../src/testing.ts'
import { failure, NAME, type Options, request, SECRETS, type Sessions, type Turn, turn } from './core/kit.ts'

/** Counts its calls. */
class Counted extends MemoryStore {
  calls: string[] = []

  override get(id: string) {
    this.calls.push('get')
    return super.get(id)
  }

  override create(id: string, value: string, expires: Date) {
    this.calls.push('create')
    return super.create(id, value, expires)
  }

  override update(id: string, value: string, expires: Date, version: number) {
    this.calls.push('update')
    return super.update(id, value, expires, version)
  }
}

interface Setting {
  readonly clock: FakeClock
  readonly store: Counted
  readonly events: SessionEvent[]
  readonly sessions: Sessions
  readonly make: (more?: Options, store?: Store) => Sessions
}

function setUp(options: Options = {}): Setting {
  const clock = fakeClock()
  const store = new Counted({ clock: clock.now })
  const events: SessionEvent[] = []
  const make = (more: Options = {}, other: Store = store): Sessions =>
    new SessionManager({
      secrets: SECRETS[0],
      revocation: revocation(other),
      clock: clock.now,
      onEvent: (event: SessionEvent) => void events.push(event),
      ...options,
      ...more,
    } as ConstructorParameters<typeof SessionManager>[0]) as Sessions
  return { clock, store, events, sessions: make(), make }
}

const signIn = (sessions: Sessions, owner = 'ada', cookie = ''): Promise<Turn> =>
  turn(sessions, cookie, (session) => session.login(owner))

const outcome = async (sessions: Sessions, cookie: string): Promise<string> =>
  (await turn(sessions, cookie)).session.outcome

/** The session's cookie alone, as a thief has it: without the marker that a logout leaves. */
const copy = ({ cookie }: Turn): string =>
  cookie.split('; ').find((pair) => pair.startsWith(`${NAME}=`)) ?? ''

describe('P8: what was ended stays ended', () => {
  const ends: Readonly<Record<string, (sessions: Sessions, of: Turn) => unknown>> = {
    'a logout': (sessions, { cookie }) => turn(sessions, cookie, (session) => session.destroy()),
    'another user’s login': (sessions, { cookie }) => signIn(sessions, 'bob', cookie),
    revoke: (sessions, { session }) => sessions.revoke(session.id, { owner: 'ada' }),
    revokeAll: (sessions) => sessions.revokeAll('ada'),
  }

  test.each(
    Object.entries(ends),
  )('%s refuses every copy of the seal, and of those it was renewed to', async (_, end) => {
    const { sessions, clock, events } = setUp()
    const first = await signIn(sessions)
    clock.advance('2h')
    const renewed = await turn(sessions, first.cookie)
    expect(renewed.sent).toHaveLength(1)
    await end(sessions, renewed)
    events.length = 0
    for (const seal of [first, renewed]) {
      const { session, sent } = await turn(sessions, copy(seal))
      expect([session.outcome, session.owner, session.isNew, sent]).toEqual(['revoked', undefined, true, []])
    }
    expect(events).toMatchObject([
      { type: 'revoked', id: first.session.id },
      { type: 'revoked', id: first.session.id },
    ])
  })

  test.each(
    Object.entries(ends),
  )('a save that was on its way at %s is told, and sends no cookie', async (_, end) => {
    const { sessions } = setUp()
    const ada = await signIn(sessions)
    const writing = await sessions.load(request(copy(ada)))
    writing.data.n = 1
    await end(sessions, ada)
    expect((await failure('superseded', () => sessions.save(writing))).cookies).toEqual([])
    expect(await outcome(sessions, copy(ada))).toBe('revoked')
  })

  test.each(Object.entries(ends))('a renewal that was on its way at %s sends no cookie', async (_, end) => {
    const { sessions, clock } = setUp()
    const ada = await signIn(sessions)
    clock.advance('2h')
    const reading = await sessions.load(request(copy(ada)))
    expect(reading.owner).toBe('ada')
    await end(sessions, ada)
    expect(await sessions.save(reading)).toEqual([])
  })

  test('a regenerate of a session that was ended meanwhile brings nothing back', async () => {
    const { sessions } = setUp()
    const ada = await signIn(sessions)
    const late = await sessions.load(request(ada.cookie))
    late.regenerate()
    await turn(sessions, ada.cookie, (session) => session.destroy())
    await failure('superseded', () => sessions.save(late))
  })

  test('a login whose session was ended meanwhile begins anew, with nothing carried', async () => {
    const { sessions } = setUp()
    const before = await turn(sessions, '', (session) => {
      session.data.cart = ['tea']
    })
    const late = await sessions.load(request(before.cookie))
    late.login('ada')
    late.data.mine = 1
    await turn(sessions, before.cookie, (session) => session.destroy())
    const [line = ''] = await sessions.save(late)
    const { session } = await turn(sessions, line.split(';', 1)[0])
    expect([session.owner, session.data]).toEqual(['ada', { mine: 1 }])
  })

  test('of requests at once that would replace a session, one does', async () => {
    const { sessions } = setUp()
    const ada = await signIn(sessions)
    const all = await Promise.allSettled(
      [1, 2, 3, 4].map(() => turn(sessions, ada.cookie, (session) => session.regenerate())),
    )
    expect(all.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  })

  test('an entry is kept until no seal of the session opens any more, and no longer', async () => {
    const { sessions, store, clock } = setUp({ lifetime: '10d', idleTimeout: '10d' })
    const ada = await signIn(sessions)
    clock.advance('9d')
    const { cookie } = await turn(sessions, ada.cookie)
    await turn(sessions, cookie, (session) => session.destroy())
    clock.advance('23h')
    expect(await outcome(sessions, copy(ada))).toBe('revoked')
    clock.advance('2h')
    expect(await outcome(sessions, copy(ada))).not.toBe('loaded')
    for (let i = 0; i < 9; i++) store.get('')
    expect(store.size).toBe(0)
  })
})

describe('P9: logout', () => {
  test('works as the first call, and ends the session everywhere', async () => {
    const { sessions } = setUp()
    const ada = await signIn(sessions)
    const { sent } = await turn(sessions, ada.cookie, (session) => session.destroy())
    expect(sent[0]).toMatch(new RegExp(`^${NAME}=;.*Max-Age=0`))
    expect(await outcome(sessions, copy(ada))).toBe('revoked')
  })

  test('with an altered seal ends nobody, and asks no store', async () => {
    const { sessions, store } = setUp()
    const ada = await signIn(sessions)
    store.calls = []
    for (const forged of [`${ada.cookie}A`, ada.cookie.slice(0, -8), `${NAME}=${ada.session.id}`])
      await turn(sessions, forged, (session) => session.destroy())
    expect(store.calls).toEqual([])
    expect(await outcome(sessions, ada.cookie)).toBe('loaded')
  })
})

describe('P10: the former seal is dead at once', () => {
  test.each(['login', 'login again', 'regenerate'])('after %s', async (what) => {
    const { sessions } = setUp()
    const first =
      what === 'login again' ? await signIn(sessions) : await turn(sessions, '', ({ data }) => (data.n = 1))
    const next = await turn(sessions, first.cookie, (session) =>
      what === 'regenerate' ? session.regenerate() : session.login('ada'),
    )
    const { session } = await turn(sessions, copy(first))
    expect([session.outcome, session.data]).toEqual(['superseded', {}])
    expect(await outcome(sessions, next.cookie)).toBe('loaded')
  })

  test('P28: explain says so in a sentence', async () => {
    const { sessions } = setUp()
    const ada = await signIn(sessions)
    const next = await turn(sessions, ada.cookie, (session) => session.regenerate())
    expect(await sessions.explain(request(ada.cookie))).toMatchObject({
      code: 'superseded',
      message: expect.stringMatching(
        /^The cookie, made 20.+, is from before the last login or regenerate\.$/,
      ),
    })
    await sessions.revokeAll('ada')
    expect(await sessions.explain(request(next.cookie))).toMatchObject({
      code: 'revoked',
      message: `Session ${next.session.id} was ended by a logout, or revoked.`,
    })
  })
})

describe('revoke', () => {
  test('ends the one of this owner, and none of somebody else, whoever knows the id', async () => {
    const { sessions } = setUp()
    const [ada, other] = [await signIn(sessions), await signIn(sessions)]
    const anonymous = await turn(sessions, '', ({ data }) => (data.n = 1))
    for (const owner of ['bob', '', 'ADA', 'undefined']) {
      expect(await sessions.revoke(ada.session.id, { owner })).toBe(true)
      expect(await sessions.revoke(anonymous.session.id, { owner })).toBe(true)
    }
    for (const { cookie } of [ada, anonymous]) expect(await outcome(sessions, cookie)).toBe('loaded')
    expect(await sessions.revoke(ada.session.id, { owner: 'ada' })).toBe(true)
    expect(await sessions.revoke(ada.session.id, { owner: 'ada' })).toBe(false)
    expect([await outcome(sessions, ada.cookie), await outcome(sessions, other.cookie)]).toEqual([
      'revoked',
      'loaded',
    ])
  })

  test('writes nothing for what can be no id', async () => {
    const { sessions, store } = setUp()
    for (const id of ['', 'x', '__proto__', 'A'.repeat(23), `${'A'.repeat(21)}.`])
      expect(await sessions.revoke(id, { owner: 'ada' })).toBe(false)
    expect(store.calls).toEqual([])
  })

  test('reaches no other audience', async () => {
    const { make } = setUp()
    const [one, two] = [make({ audience: 'one' }), make({ audience: 'two' })]
    const ada = await signIn(one)
    await two.revoke(ada.session.id, { owner: 'ada' })
    await two.revokeAll('ada')
    expect(await outcome(one, ada.cookie)).toBe('loaded')
  })
})

describe('revokeAll', () => {
  test('T-L23: ends what was there, spares other users, and lets later logins in', async () => {
    const { sessions, clock } = setUp()
    const [ada, bob] = [await signIn(sessions), await signIn(sessions, 'bob')]
    clock.advance('1s')
    expect(await sessions.revokeAll('ada')).toBe(0)
    clock.advance('1s')
    const later = await signIn(sessions)
    expect(await Promise.all([ada, bob, later].map(({ cookie }) => outcome(sessions, cookie)))).toEqual([
      'revoked',
      'loaded',
      'loaded',
    ])
  })

  test('no login that was under way survives: neither before its save, nor during it', async () => {
    const { sessions, make, store, clock } = setUp()
    const before = await sessions.load(request())
    before.login('ada')
    clock.advance('1s')
    await sessions.revokeAll('ada')
    clock.advance('1s')
    await failure('superseded', () => sessions.save(before))

    const gate = gatedStore(store)
    const gated = make({}, gate)
    const during = await gated.load(request())
    during.login('ada')
    clock.advance('1s')
    const saving = gated.save(during)
    const look = await gate.next()
    await look.run()
    clock.advance('1s')
    await sessions.revokeAll('ada')
    await look.release()
    const [line = ''] = await saving
    expect(await outcome(sessions, line.split(';', 1)[0] ?? '')).toBe('revoked')
  })

  test('spares the session that asks, also under the id it takes afterwards', async () => {
    const { sessions, clock } = setUp()
    const [here, there] = [await signIn(sessions), await signIn(sessions)]
    clock.advance('1s')
    const changed = await turn(sessions, here.cookie, async (session) => {
      await sessions.revokeAll('ada', { except: session.id })
      session.regenerate()
    })
    clock.advance('1s')
    const next = await turn(sessions, changed.cookie, (session) => session.regenerate())
    expect(await outcome(sessions, next.cookie)).toBe('loaded')
    for (const { cookie } of [here, there, changed])
      expect(await outcome(sessions, cookie)).not.toBe('loaded')
  })

  test('spares an id that was regenerated before it in the same request, and one that logs in after it', async () => {
    const { sessions, clock } = setUp()
    const here = await signIn(sessions)
    clock.advance('1s')
    const changed = await turn(sessions, here.cookie, async (session) => {
      session.regenerate()
      await sessions.revokeAll('ada', { except: session.id })
    })
    expect(await outcome(sessions, changed.cookie)).toBe('loaded')
    clock.advance('1s')
    const reset = await turn(sessions, '', async (session) => {
      await sessions.revokeAll('ada', { except: session.id })
      session.login('ada')
    })
    expect([await outcome(sessions, reset.cookie), await outcome(sessions, changed.cookie)]).toEqual([
      'loaded',
      'revoked',
    ])
  })

  test('what one call barred, the exception of the next does not let in', async () => {
    const { sessions, clock } = setUp()
    const ada = await signIn(sessions)
    clock.advance('1s')
    await sessions.revokeAll('ada')
    clock.advance('1s')
    await sessions.revokeAll('ada', { except: ada.session.id })
    expect(await outcome(sessions, ada.cookie)).toBe('revoked')
  })
})

describe('what it costs', () => {
  test('P1: a visitor without a seal, and junk, cost no call of the store', async () => {
    const { sessions, store } = setUp()
    for (const cookie of ['', `${NAME}=junk`, 'other=1']) await turn(sessions, cookie)
    await turn(sessions, '', ({ data }) => (data.n = 1))
    expect([store.calls, store.size]).toEqual([[], 0])
  })

  test('two reads for an owner’s request that reads, and one for anybody else’s; nothing is kept of live sessions', async () => {
    const { sessions, store } = setUp()
    const ada = await signIn(sessions)
    const anonymous = await turn(sessions, '', ({ data }) => (data.n = 1))
    const calls = async (cookie: string, use?: Parameters<typeof turn>[2]): Promise<string[]> => {
      store.calls = []
      await turn(sessions, cookie, use)
      return store.calls
    }
    expect(await calls(ada.cookie)).toEqual(['get', 'get'])
    expect(await calls(anonymous.cookie)).toEqual(['get'])
    expect(await calls(anonymous.cookie, ({ data }) => (data.n = 2))).toEqual(['get', 'get'])
    expect(store.size).toBe(0)
  })
})

describe('P27: a store that is down', () => {
  const broken = (store: Store) => faultyStore(store, () => 'throw')

  test('rejects load, or goes on without a session, as onStoreError says', async () => {
    const { sessions, make, store, events } = setUp()
    const ada = await signIn(sessions)
    await failure('store_unavailable', () => make({}, broken(store)).load(request(ada.cookie)))
    const lenient = make({ onStoreError: 'anonymous' }, broken(store))
    const session = await lenient.load(request(ada.cookie))
    expect([session.outcome, session.owner]).toEqual(['store-error', undefined])
    session.data.n = 1
    await failure('store_unavailable', () => lenient.save(session))
    expect(events.some(({ type }) => type === 'store-error')).toBe(true)
  })

  test('fails a logout, which still clears this browser’s cookie', async () => {
    const { sessions, make, store } = setUp()
    const ada = await signIn(sessions)
    const failing = make(
      {},
      faultyStore(store, ({ method }) => (method === 'create' ? 'throw' : undefined)),
    )
    const session = await failing.load(request(ada.cookie))
    session.destroy()
    const { cookies } = await failure('store_unavailable', () => failing.save(session))
    expect(cookies[0]).toContain('Max-Age=0')
    expect(await outcome(sessions, copy(ada))).toBe('loaded')
  })

  test('fails no renewal', async () => {
    const { sessions, make, store, clock } = setUp()
    const ada = await signIn(sessions)
    clock.advance('2h')
    let calls = 0
    const failing = make(
      {},
      faultyStore(store, () => (++calls > 2 ? 'throw' : undefined)),
    )
    expect((await turn(failing, ada.cookie)).sent).toEqual([])
  })

  test('a write whose answer was lost counts as done', async () => {
    const { sessions, make, store } = setUp()
    const ada = await signIn(sessions)
    const lossy = make(
      {},
      faultyStore(store, ({ method }) => (method === 'create' ? 'throw-after' : undefined)),
    )
    const next = await turn(lossy, ada.cookie, (session) => session.regenerate())
    expect([await outcome(sessions, next.cookie), await outcome(sessions, copy(ada))]).toEqual([
      'loaded',
      'superseded',
    ])
  })
})

describe('the option', () => {
  test('T-L21: capabilities say what it brings', () => {
    const { sessions, make, store } = setUp()
    const sealed = { rollbackProtected: false, compareAndSet: false, listable: false }
    expect(sessions.capabilities).toEqual({ ...sealed, revocable: true, immediate: true })
    const eventual = Object.assign(Object.create(store), { consistency: 'eventual' as const })
    expect(make({}, eventual).capabilities).toEqual({ ...sealed, revocable: true, immediate: false })
  })

  test('list stays what it is without a store: not supported', async () => {
    await failure('not_supported', () => setUp().sessions.list('ada'))
  })

  test('it is for sealed sessions, and a value of its door', async () => {
    const store = new MemoryStore()
    const both = await failure('config', () => setUp({ store }))
    expect(both.message).toBe(
      'revocation is for sealed sessions, and a store ends its own; leave one of them out.',
    )
    const wrong = await failure('config', () => setUp({ revocation: store as never }))
    expect(wrong.message).toBe('revocation is what revocation(store) of keepsake/revocation returns.')
    for (const nothing of [undefined, null, {}, 'redis://localhost'])
      await failure('config', () => revocation(nothing as never))
  })

  test('it works with signed seals, schemas and an eventual store alike', async () => {
    const { make, store } = setUp()
    const eventual = Object.assign(new MemoryStore(), { consistency: 'eventual' as const })
    for (const sessions of [make({ protection: 'sign' }), make({ version: 2 }, store), make({}, eventual)]) {
      const ada = await signIn(sessions)
      const next = await turn(sessions, ada.cookie, (session) => session.regenerate())
      expect(await outcome(sessions, copy(ada))).toBe('superseded')
      await turn(sessions, next.cookie, (session) => session.destroy())
      expect(await outcome(sessions, copy(next))).toBe('revoked')
    }
  })
})
