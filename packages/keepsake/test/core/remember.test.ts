import { describe, expect, test } from 'vitest'
import { backings, begin, bench, failure, maxAge, request, turn, type Visit } from './kit.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe.each(backings)('%s: remember', (backing) => {
  const setUp = (options = {}) => {
    const { make, clock } = bench(backing)
    return { clock, sessions: make({ lifetime: '30d', idleTimeout: '7d', ...options }) }
  }

  test('keeps the session for that long after its last use', async () => {
    const { sessions, clock } = setUp()
    const { cookie, session } = await turn(sessions, await begin(sessions), (it) => it.remember('20d'))
    expect(session.expiresAt).toBe(clock.now() + 20 * DAY)
    clock.set(session.expiresAt - 1)
    expect((await sessions.load(request(cookie))).outcome).toBe('loaded')
    clock.set(session.expiresAt)
    expect((await sessions.load(request(cookie))).outcome).not.toBe('loaded')
  })

  test('a shorter time ends it sooner', async () => {
    const { sessions, clock } = setUp()
    const { cookie } = await turn(sessions, await begin(sessions), (it) => it.remember('1h'))
    clock.advance('1h')
    expect((await sessions.load(request(cookie))).outcome).not.toBe('loaded')
  })

  test('a time shorter than renewAfter ends no session that is in use', async () => {
    const { sessions, clock } = setUp()
    let { cookie } = await turn(sessions, await begin(sessions), (it) => it.remember('30m'))
    for (let i = 0; i < 6; i++) {
      clock.advance('20m')
      const next = await turn(sessions, cookie)
      expect(next.session.outcome).toBe('loaded')
      cookie = next.cookie
    }
  })

  test('renewals and writes repeat it', async () => {
    const { sessions, clock } = setUp()
    let { cookie } = await turn(sessions, await begin(sessions), (it) => it.remember('10d'))
    const write = ({ data }: Visit): void => {
      data.n = 2
    }
    for (const use of [undefined, write]) {
      clock.advance('8d')
      const next = await turn(sessions, cookie, use)
      cookie = next.cookie
      const { expiresAt } = await sessions.load(request(cookie))
      expect(expiresAt).toBe(clock.now() + 10 * DAY)
    }
  })

  test('never beyond lifetime', async () => {
    const { sessions, clock } = setUp()
    const start = clock.now()
    const { session, sent } = await turn(sessions, '', (it) => {
      it.remember('400d')
      it.data.n = 1
    })
    expect(session.expiresAt).toBe(start + 30 * DAY)
    expect(maxAge(sent[0])).toBe((30 * DAY) / 1000)
  })

  test('false: no Max-Age, the server’s limits as ever', async () => {
    const { sessions, clock } = setUp()
    const { sent, session } = await turn(sessions, '', (it) => {
      it.remember(false)
      it.data.n = 1
    })
    expect(sent).toHaveLength(1)
    expect(maxAge(sent[0])).toBeUndefined()
    expect(session.expiresAt).toBe(clock.now() + 7 * DAY)
  })

  test('a duration outweighs persistent: false, and can be taken back', async () => {
    const { sessions } = setUp({ persistent: false })
    const first = await turn(sessions, '', (it) => {
      it.remember('10d')
      it.data.n = 1
    })
    expect(maxAge(first.sent[0])).toBeGreaterThan(0)
    const second = await turn(sessions, first.cookie, (it) => it.remember(false))
    expect(second.sent).toHaveLength(1)
    expect(maxAge(second.sent[0])).toBeUndefined()
  })

  test('survives login as the same visitor, not as another owner', async () => {
    const { sessions, clock } = setUp()
    const first = await turn(sessions, '', (it) => {
      it.remember('10d')
      it.data.n = 1
    })
    const ada = await turn(sessions, first.cookie, (it) => it.login('ada'))
    expect(ada.session.expiresAt).toBe(clock.now() + 10 * DAY)
    const bob = await turn(sessions, ada.cookie, (it) => it.login('bob'))
    expect(bob.session.expiresAt).toBe(clock.now() + 7 * DAY)
  })

  test('before or after login in one request is the same', async () => {
    const { sessions, clock } = setUp()
    for (const steps of [['remember', 'login'] as const, ['login', 'remember'] as const]) {
      const { session, sent } = await turn(sessions, '', (it) => {
        for (const step of steps) step === 'login' ? it.login('ada') : it.remember('10d')
      })
      expect(session.expiresAt).toBe(clock.now() + 10 * DAY)
      expect(sent).toHaveLength(1)
    }
  })

  test('of an empty session keeps nothing: there is nothing to keep', async () => {
    const { sessions } = setUp()
    expect((await turn(sessions, '', (it) => it.remember('10d'))).sent).toEqual([])
  })

  test.each([
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '10',
    '1w',
    '401d',
    true,
    null,
  ])('%j is refused, and nothing has changed', async (duration) => {
    const { sessions } = setUp()
    const session = await sessions.load(request(await begin(sessions)))
    await failure('config', () => session.remember(duration as number))
    expect(await sessions.save(session)).toEqual([])
  })
})

test('sealed: each renewal sends Max-Age anew, up to the absolute limit', async () => {
  const { make, clock } = bench('sealed')
  const sessions = make({ lifetime: '12d', idleTimeout: '1d' })
  const { cookie } = await turn(sessions, await begin(sessions), (it) => it.remember('10d'))
  clock.advance('5d')
  const { sent } = await turn(sessions, cookie)
  expect(maxAge(sent[0])).toBe((7 * DAY) / 1000)
})

test('stored: it takes a new token, and the former one is dead', async () => {
  const sessions = bench('stored').make()
  const former = await begin(sessions)
  const { cookie } = await turn(sessions, former, (it) => it.remember('10d'))
  expect(cookie).not.toBe(former)
  expect((await turn(sessions, former)).session.outcome).toBe('superseded')
  expect((await turn(sessions, cookie)).session.outcome).toBe('loaded')
})
