import { describe, expect, it } from 'vitest'
import { cached, get, MINUTE, namesOf, post, SNAPSHOT, send, short, write } from './cached-kit.ts'
import { after, failure, NAME, type Options, type Visit } from './kit.ts'

describe('a snapshot answers reads', () => {
  it('for maxAge after one read of the store, and not a millisecond longer', async () => {
    const { make, clock, counted } = cached()
    const sessions = make()
    let { cookie } = await post(sessions, '', write({ n: 1 }))
    for (let minute = 0; minute < 3; minute++) {
      counted.calls.length = 0
      clock.advance(59)
      for (const method of ['GET', 'HEAD', 'GET']) {
        const { session, sent } = await send(sessions, method, cookie)
        expect([session.data, session.outcome, sent]).toEqual([{ n: 1 }, 'loaded', []])
      }
      clock.set(clock.now() + 999)
      expect((await get(sessions, cookie)).sent).toEqual([])
      expect(counted.calls).toEqual([])
      clock.set(clock.now() + 1)
      const read = await get(sessions, cookie)
      expect(namesOf(read.sent)).toEqual([SNAPSHOT])
      expect(counted.calls).toEqual(['get'])
      cookie = read.cookie
    }
  })

  it('in a cookie with the attributes of the session’s, for maxAge', async () => {
    const { make } = cached()
    const { sent } = await post(make(), '', write({ n: 1 }))
    expect(sent.map((line) => line.replace(/=[^;]*/, ''))).toEqual([
      `${NAME}; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax`,
      `${SNAPSHOT}; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ])
  })

  it('and does not count from an answer of its own', async () => {
    const { make, clock, counted } = cached()
    const sessions = make()
    let { cookie } = await post(sessions, '', write({ n: 1 }))
    for (let second = 1; second < 60; second++) {
      clock.advance(1)
      cookie = (await get(sessions, cookie)).cookie
    }
    counted.calls.length = 0
    clock.advance(1)
    await get(sessions, cookie)
    expect(counted.calls).toEqual(['get'])
  })

  it('not what does more than read, nor what was not looked at', async () => {
    const { make, counted, clock } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      counted.calls.length = 0
      const { session, sent } = await send(sessions, method, cookie)
      expect([session.data, sent, counted.calls], method).toEqual([{ n: 1 }, [], ['get']])
    }
    clock.advance('2m')
    expect((await get(sessions, cookie, () => {})).sent).toEqual([])
  })

  it('a dropped role for maxAge, and not a millisecond longer', async () => {
    const { make, clock } = cached()
    const sessions = make()
    const admin = await post(sessions, '', write({ role: 'admin' }))
    const copy = admin.cookie
    await post(sessions, admin.cookie, write({ role: 'user' }))
    clock.set(clock.now() + MINUTE - 1)
    expect((await get(sessions, copy)).session.data.role).toBe('admin')
    clock.set(clock.now() + 1)
    expect((await get(sessions, copy)).session.data.role).toBe('user')
  })

  it.each([
    ['logout', (session: Visit) => session.destroy()],
    ['login', (session: Visit) => session.login('bob')],
    ['regenerate', (session: Visit) => session.regenerate()],
  ])('a session before %s for maxAge, to a copy, and not a millisecond longer', async (_, end) => {
    const { make, clock } = cached()
    const sessions = make()
    const { cookie: copy } = await post(sessions, '', write({ n: 1 }))
    clock.advance(10)
    await post(sessions, copy, end)
    clock.set(clock.now() + 49_999)
    expect((await get(sessions, copy)).session.isNew).toBe(false)
    clock.set(clock.now() + 1)
    expect((await get(sessions, copy)).session.isNew).toBe(true)
  })

  it('never past the end of the session itself', async () => {
    const { make, clock } = cached({
      lifetime: '100s',
      idleTimeout: '100s',
      cache: { maxAge: 50 },
    } as Options)
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    clock.advance(49)
    const late = await post(sessions, cookie, write({ n: 2 }))
    clock.advance(49)
    const last = await post(sessions, late.cookie, write({ n: 3 }))
    clock.set(clock.now() + 1_999)
    expect((await get(sessions, last.cookie)).session.data).toEqual({ n: 3 })
    clock.set(clock.now() + 1)
    expect((await get(sessions, last.cookie)).session.outcome).toBe('expired-absolute')
  })

  it('of a session kept only briefly in time for its renewal', async () => {
    const { make, clock } = cached()
    const sessions = make()
    let { cookie } = await post(sessions, '', (session) => {
      session.data.n = 1
      session.remember('1m')
    })
    for (let second = 0; second < 300; second += 7) {
      clock.advance(7)
      const read = await get(sessions, cookie)
      expect(read.session.data, `${second}`).toEqual({ n: 1 })
      cookie = read.cookie
    }
  })
})

describe('renewals', () => {
  it('touch at most once per renewAfter, when the store is read anyway', async () => {
    const { make, clock, counted } = cached({ renewAfter: '1h' })
    const sessions = make()
    let { cookie } = await post(sessions, '', write({ n: 1 }))
    counted.calls.length = 0
    for (let minute = 0; minute < 180; minute++) {
      clock.advance('1m')
      cookie = (await get(sessions, cookie)).cookie
    }
    expect(counted.calls.filter((call) => call === 'touch')).toHaveLength(3)
    expect(counted.calls.filter((call) => call === 'get')).toHaveLength(180)
    expect(counted.calls).toHaveLength(183)
  })
})

describe('rotation', () => {
  const OPTIONS = { rotateEvery: '1h', renewAfter: '30m', rotationGrace: '30s' } as Options

  it('gives no snapshot while a token is pending or retired, so that the store decides', async () => {
    const { make, clock, counted } = cached(OPTIONS)
    const sessions = make()
    const first = await post(sessions, '', write({ n: 1 }))
    clock.advance('1h')
    const handed = await get(sessions, first.cookie)
    expect(namesOf(handed.sent)).toEqual([NAME])
    counted.calls.length = 0
    const confirmed = await get(sessions, handed.cookie)
    expect([counted.calls, namesOf(confirmed.sent)]).toEqual([['get', 'update'], [SNAPSHOT]])
    const former = await get(sessions, first.cookie)
    expect([former.session.outcome, former.sent]).toEqual(['loaded', []])
    counted.calls.length = 0
    expect((await get(sessions, confirmed.cookie)).session.data).toEqual({ n: 1 })
    expect(counted.calls).toEqual([])
  })

  it('a retired token reads by a snapshot of its own for maxAge, and is reuse after that', async () => {
    const { make, clock } = cached({ ...OPTIONS, cache: { maxAge: '5m' } } as Options)
    const sessions = make()
    const { cookie: first } = await post(sessions, '', write({ n: 1 }))
    clock.advance('58m')
    const copy = (await get(sessions, first)).cookie
    clock.advance('2m')
    const next = await post(sessions, copy)
    await post(sessions, next.cookie)
    clock.advance('1m')
    expect((await get(sessions, copy)).session.outcome).toBe('loaded')
    await failure('superseded', () => get(sessions, copy, write({ n: 2 })))
    clock.set(clock.now() + 119_999)
    expect((await get(sessions, copy)).session.outcome).toBe('loaded')
    clock.set(clock.now() + 1)
    expect((await get(sessions, copy)).session.outcome).toBe('reused')
    expect((await get(sessions, next.cookie)).session.isNew).toBe(true)
  })

  it('a write by a retired token takes the snapshot away, which does not know of it', async () => {
    const { make, clock } = cached(OPTIONS)
    const sessions = make()
    const first = await post(sessions, '', write({ n: 1 }))
    clock.advance('1h')
    const handed = await get(sessions, first.cookie)
    const confirmed = await get(sessions, handed.cookie)
    const wrote = await post(sessions, first.cookie, write({ n: 2 }))
    expect(short(wrote.sent)).toEqual([`${SNAPSHOT}=; Max-Age=0`])
    expect((await get(sessions, after(confirmed.cookie, wrote.sent))).session.data).toEqual({ n: 2 })
  })
})

describe('capabilities', () => {
  it('are those of the store, but a revocation may be seen late', () => {
    const { make } = cached()
    expect(make().capabilities).toEqual({
      revocable: true,
      rollbackProtected: true,
      compareAndSet: true,
      listable: true,
      immediate: false,
    })
  })
})
