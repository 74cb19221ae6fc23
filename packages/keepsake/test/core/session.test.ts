import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { backings, begin, bench, type Data, failure, request, turn, type Visit } from './kit.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe.each(backings)('%s', (backing) => {
  const setUp = () => {
    const { make, clock, events } = bench(backing)
    return { sessions: make(), clock, events }
  }

  describe('a new session', () => {
    test('is empty, of nobody, and would end when any other would', async () => {
      const { sessions, clock } = setUp()
      const session = await sessions.load(request())
      const now = clock.now()
      expect({ ...session.data }).toEqual({})
      expect([session.isNew, session.outcome, session.owner, session.authenticatedAt]).toEqual([
        true,
        'none',
        undefined,
        undefined,
      ])
      expect([session.createdAt, session.lastSeenAt]).toEqual([now, now])
      expect([session.expiresAt, session.absoluteExpiresAt]).toEqual([now + 7 * DAY, now + 30 * DAY])
      expect(session.authenticatedWithin('400d')).toBe(false)
    })

    test('keeps the id that it shows before it is saved', async () => {
      const { sessions } = setUp()
      let shown = ''
      const { cookie, session } = await turn(sessions, '', (it) => {
        shown = it.id
        it.data.n = 1
        it.login('ada')
        expect(it.id).toBe(shown)
      })
      expect(session.id).toBe(shown)
      expect((await sessions.load(request(cookie))).id).toBe(shown)
    })
  })

  test('a loaded session knows when it began, was seen and logged in', async () => {
    const { sessions, clock } = setUp()
    const start = clock.now()
    const first = await turn(sessions, '', ({ data }) => {
      data.n = 1
    })
    clock.advance('10m')
    const second = await turn(sessions, first.cookie, (session) => session.login('ada'))
    const login = clock.now()
    clock.advance('10m')
    const session = await sessions.load(request(second.cookie))
    expect([session.isNew, session.outcome, session.owner]).toEqual([false, 'loaded', 'ada'])
    expect([session.createdAt, session.lastSeenAt, session.authenticatedAt]).toEqual([login, login, login])
    expect(login).toBeGreaterThan(start)
    expect([session.expiresAt, session.absoluteExpiresAt]).toEqual([login + 7 * DAY, login + 30 * DAY])
  })

  describe('data', () => {
    test('assigned replaces everything; the object given stays the app’s', async () => {
      const { sessions } = setUp()
      const given: Data = { b: 2 }
      const { cookie } = await turn(sessions, await begin(sessions, { a: 1 }), (session) => {
        session.data = given
        session.data.c = 3
        given.d = 4
      })
      expect({ ...(await turn(sessions, cookie)).session.data }).toEqual({ b: 2, c: 3 })
    })

    test.each([null, undefined, 'text', 1, [1], new Map()])('%o is not taken', async (value) => {
      const { sessions } = setUp()
      const session = await sessions.load(request(await begin(sessions)))
      await failure('invalid_data', () => {
        session.data = value as never
      })
      expect({ ...session.data }).toEqual({ n: 1 })
    })

    test('emptied is kept empty: the session lives on', async () => {
      const { sessions } = setUp()
      const { cookie } = await turn(sessions, await begin(sessions), (session) => {
        session.data = {}
      })
      const { session } = await turn(sessions, cookie)
      expect([session.outcome, { ...session.data }]).toEqual(['loaded', {}])
    })

    test('of two requests is two objects', async () => {
      const { sessions } = setUp()
      const cookie = await begin(sessions, { list: [1] })
      const [one, two] = [await sessions.load(request(cookie)), await sessions.load(request(cookie))]
      ;(one.data.list as number[]).push(2)
      expect(two.data.list).toEqual([1])
    })
  })

  describe('flash', () => {
    test('peek leaves it, take takes it, once', async () => {
      const { sessions } = setUp()
      const { cookie } = await turn(sessions, '', (session) => session.flash('notice', 'saved'))
      const peeked = await turn(sessions, cookie, (session) => expect(session.peek('notice')).toBe('saved'))
      expect(peeked.sent).toEqual([])
      const taken = await turn(sessions, cookie, (session) => {
        expect(session.take('notice')).toBe('saved')
        expect([session.take('notice'), session.peek('notice')]).toEqual([undefined, undefined])
      })
      expect((await turn(sessions, taken.cookie)).session.peek('notice')).toBeUndefined()
    })

    test('kept and taken in one request costs nothing', async () => {
      const { sessions } = setUp()
      const { sent } = await turn(sessions, '', (session) => {
        session.flash('notice', 'saved')
        expect(session.take('notice')).toBe('saved')
      })
      expect(sent).toEqual([])
    })

    test('taking what is not there writes nothing', async () => {
      const { sessions } = setUp()
      expect((await turn(sessions, '', (session) => session.take('notice'))).sent).toEqual([])
      const cookie = await begin(sessions)
      expect((await turn(sessions, cookie, (session) => session.take('notice'))).sent).toEqual([])
    })

    test.each(['toString', 'constructor', 'hasOwnProperty'])('%s is a key like any other', async (key) => {
      const { sessions } = setUp()
      const session = await sessions.load(request())
      expect([session.peek(key), session.take(key)]).toEqual([undefined, undefined])
      session.flash(key, 'x')
      expect(session.take(key)).toBe('x')
    })

    test('an undefined value is none', async () => {
      const { sessions } = setUp()
      const { sent } = await turn(sessions, '', (session) => session.flash('notice', undefined as never))
      expect(sent).toEqual([])
    })
  })

  describe('regenerate', () => {
    test('another cookie for the same data, owner, times and flash', async () => {
      const { sessions, clock } = setUp()
      const first = await turn(sessions, '', (session) => {
        session.data.n = 1
        session.flash('notice', 'x')
        session.login('ada')
      })
      const { createdAt, authenticatedAt } = first.session
      clock.advance('1m')
      const second = await turn(sessions, first.cookie, (session) => session.regenerate())
      expect(second.cookie).not.toBe(first.cookie)
      const { session } = await turn(sessions, second.cookie)
      expect([session.owner, session.createdAt, session.authenticatedAt, session.peek('notice')]).toEqual([
        'ada',
        createdAt,
        authenticatedAt,
        'x',
      ])
    })

    test('of a new, empty session is nothing', async () => {
      const { sessions } = setUp()
      expect((await turn(sessions, '', (session) => session.regenerate())).sent).toEqual([])
    })

    test('twice is once', async () => {
      const { sessions } = setUp()
      const { sent, cookie } = await turn(sessions, await begin(sessions), (session) => {
        session.regenerate()
        session.regenerate()
      })
      expect(sent).toHaveLength(1)
      expect((await turn(sessions, cookie)).session.data.n).toBe(1)
    })
  })

  describe('destroy', () => {
    test('forgets at once what was there', async () => {
      const { sessions } = setUp()
      const { cookie } = await turn(sessions, '', (session) => {
        session.data.n = 1
        session.flash('notice', 'x')
        session.login('ada')
      })
      const session = await sessions.load(request(cookie))
      const { id } = session
      session.destroy()
      expect([{ ...session.data }, session.peek('notice'), session.owner, session.isNew]).toEqual([
        {},
        undefined,
        undefined,
        true,
      ])
      expect(session.id).not.toBe(id)
      expect(session.outcome).toBe('loaded')
    })

    test('then a write begins another session, with nothing of the former', async () => {
      const { sessions } = setUp()
      const former = await turn(sessions, '', (session) => {
        session.data.n = 1
        session.remember('20d')
      })
      const next = await turn(sessions, former.cookie, (session) => {
        session.data.before = 1
        session.destroy()
        session.data.after = 2
        session.flash('notice', 'bye')
      })
      const { session } = await turn(sessions, next.cookie)
      expect([{ ...session.data }, session.peek('notice')]).toEqual([{ after: 2 }, 'bye'])
      expect(session.expiresAt - session.lastSeenAt).toBe(7 * DAY)
      expect(session.id).not.toBe(former.session.id)
    })

    test('then login is a login', async () => {
      const { sessions } = setUp()
      const former = await turn(sessions, '', (session) => session.login('ada'))
      const next = await turn(sessions, former.cookie, (session) => {
        session.destroy()
        session.login('ada')
      })
      const { session } = await turn(sessions, next.cookie)
      expect([session.owner, session.id === former.session.id]).toEqual(['ada', false])
    })

    test('write, destroy, write, destroy is a logout', async () => {
      const { sessions } = setUp()
      const { cookie } = await turn(sessions, await begin(sessions), (session) => {
        session.data.a = 1
        session.destroy()
        session.data.b = 1
        session.destroy()
      })
      expect((await turn(sessions, cookie)).session.outcome).toBe('none')
    })

    test('of a new session with data is nothing', async () => {
      const { sessions } = setUp()
      const { sent } = await turn(sessions, '', (session) => {
        session.data.n = 1
        session.destroy()
      })
      expect(sent).toEqual([])
    })
  })

  describe('authenticatedWithin', () => {
    test('from the last login, to the millisecond', async () => {
      const { sessions, clock } = setUp()
      const { cookie } = await turn(sessions, '', (session) => session.login('ada'))
      clock.advance('10m')
      const session = await sessions.load(request(cookie))
      expect([session.authenticatedWithin('10m'), session.authenticatedWithin(599)]).toEqual([true, false])
      clock.set(clock.now() + 1)
      expect(session.authenticatedWithin('10m')).toBe(false)
      session.login('ada')
      expect(session.authenticatedWithin(1)).toBe(true)
    })

    test('nothing else renews it', async () => {
      const { sessions, clock } = setUp()
      let { cookie } = await turn(sessions, '', (session) => session.login('ada'))
      for (const use of [
        (session: Visit) => session.regenerate(),
        (session: Visit) => session.remember('10d'),
        (session: Visit) => session.flash('a', 'b'),
      ]) {
        clock.advance('1h')
        cookie = (await turn(sessions, cookie, use)).cookie
      }
      expect((await sessions.load(request(cookie))).authenticatedWithin('2h')).toBe(false)
    })

    test.each([0, '1w', Number.NaN])('%j is refused, logged in or not', async (duration) => {
      const { sessions } = setUp()
      const session = await sessions.load(request())
      await failure('config', () => session.authenticatedWithin(duration as number))
    })
  })

  describe('too late', () => {
    const changes: readonly [string, (session: Visit) => unknown][] = [
      ['data =', (session) => Object.assign(session, { data: {} })],
      ['flash', (session) => session.flash('a', 'b')],
      ['take', (session) => session.take('a')],
      ['login', (session) => session.login('ada')],
      ['regenerate', (session) => session.regenerate()],
      ['destroy', (session) => session.destroy()],
      ['remember', (session) => session.remember('1d')],
    ]

    test.each(changes)('%s, once the save has begun', async (_, change) => {
      const { sessions, events } = setUp()
      const session = await sessions.load(request(await begin(sessions)))
      session.data.n = 2
      const saving = sessions.save(session)
      const { message } = await failure('too_late', () => change(session))
      expect(message).toContain('Use it before you return the response')
      await saving
      await failure('too_late', () => change(session))
      expect(events.map(({ type }) => type)).toEqual(['too-late', 'too-late'])
    })

    test('any first look, once the response has left', async () => {
      const { sessions } = setUp()
      const session = await sessions.load(request(await begin(sessions)))
      await sessions.save(session)
      for (const look of [() => session.data, () => session.id, () => session.owner, () => session.isNew])
        await failure('too_late', look)
    })

    test('not reading on, what was looked at before', async () => {
      const { sessions } = setUp()
      const { session } = await turn(sessions, await begin(sessions))
      expect([session.data.n, session.isNew, session.outcome, session.peek('x')]).toEqual([
        1,
        false,
        'loaded',
        undefined,
      ])
    })
  })

  test('it says nothing of what it holds', async () => {
    const { sessions } = setUp()
    const session = await sessions.load(request(await begin(sessions, { password: 'hunter2' })))
    session.data
    expect(JSON.stringify({ session })).toBe('{"session":"[Session]"}')
    expect(`${inspect(session, { depth: 9, showHidden: true })} ${String(session)}`).not.toContain('hunter2')
  })
})
