import { describe, expect, test } from 'vitest'
import { backings, begin, bench, failure, NAME, request, turn } from './kit.ts'

/** What people know from iron-session, h3 and @hono/session, in our words. */
describe.each(backings)('%s', (backing) => {
  test('a visitor who only looks gets no cookie, however often', async () => {
    const sessions = bench(backing).make()
    for (const use of ['data', 'id', 'owner', 'expiresAt'] as const) {
      expect((await turn(sessions, '', (session) => session[use])).sent).toEqual([])
    }
  })

  test('no header is a second way in', async () => {
    const sessions = bench(backing).make()
    const cookie = await begin(sessions)
    const value = cookie.slice(NAME.length + 1)
    const names = ['x-session-session', `x-${NAME}-session`, 'x-session', 'session-token']
    const headers = { authorization: `Bearer ${value}`, ...Object.fromEntries(names.map((n) => [n, value])) }
    expect((await sessions.load(request('', headers))).isNew).toBe(true)
    expect((await sessions.load(request(cookie, headers))).data).toEqual({ n: 1 })
  })

  test('a key that was removed, or left out of new data, does not return', async () => {
    const sessions = bench(backing).make()
    const first = await begin(sessions, { a: 1, b: 2, c: 3 })
    const less = await turn(sessions, first, ({ data }) => delete data.a)
    expect((await turn(sessions, less.cookie)).session.data).toEqual({ b: 2, c: 3 })
    const other = await turn(sessions, less.cookie, (session) => {
      session.data = { c: 4 }
    })
    expect((await turn(sessions, other.cookie)).session.data).toEqual({ c: 4 })
  })

  test('a session that is over hands out nothing, whoever might refresh it', async () => {
    const { make, clock } = bench(backing, { idleTimeout: '1h' })
    const sessions = make()
    const cookie = await begin(sessions)
    clock.advance('1h')
    const { session, sent } = await turn(sessions, cookie)
    expect([session.isNew, session.data, sent]).toEqual([true, {}, []])
  })

  test.each([
    'password',
    'cookieName',
    'ttl',
    'chunk',
    'maxAge',
    'sessionHeader',
    'duration',
    'generateId',
  ])('the option %s is refused, with those there are', async (option) => {
    const error = await failure('config', () => bench(backing).make({ [option]: 1 }))
    expect(error.message).toContain(`SessionManager.${option} is not an option: `)
  })
})
