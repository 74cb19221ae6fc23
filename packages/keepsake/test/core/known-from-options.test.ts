import { describe, expect, test } from 'vitest'
import { browser } from '../../src/testing.ts'
import { backings, begin, bench, failure, maxAge, NAME, request, turn } from './kit.ts'

/** What `set :sessions, {…}` and `config.actions.sessions` are told, in our words. */
const payloadOf = (cookie: string): string => cookie.slice(NAME.length + 1)

test('session_secret: every character of a hex secret counts, not the first 32', async () => {
  const hex = 'd0c5f3a19b7e48620fd1c93ba4857e6213f8ab90c7de4516'
  const { make } = bench('sealed')
  const cookie = await begin(make({ secrets: `${hex}a` }))
  expect((await turn(make({ secrets: `${hex}a` }), cookie)).session.data).toEqual({ n: 1 })
  expect((await turn(make({ secrets: `${hex}b` }), cookie)).session.data).toEqual({})
})

test('session_store: the same handler answers the same, sealed or stored', async () => {
  const answers = backings.map(async (backing) => {
    const sessions = bench(backing).make()
    const visitor = browser((request) =>
      sessions.run(request, (session) => {
        session.data.views = Number(session.data.views ?? 0) + 1
        return new Response(String(session.data.views))
      }),
    )
    return [await visitor.text('/'), await visitor.text('/'), await visitor.text('/')]
  })
  expect(await Promise.all(answers)).toEqual([
    ['1', '2', '3'],
    ['1', '2', '3'],
  ])
})

test('options[:defer]: a change of a stored session sends no cookie anyway', async () => {
  const sessions = bench('stored').make()
  const cookie = await begin(sessions)
  const { sent } = await turn(sessions, cookie, ({ data }) => Object.assign(data, { n: 2 }))
  expect([sent, (await turn(sessions, cookie)).session.data]).toEqual([[], { n: 2 }])
})

test('the guide’s example: a name of one’s own, and a year since the last use', async () => {
  const { make, clock } = bench('sealed')
  const name = '__Host-bookshelf.session'
  const sessions = make({ cookie: { name }, idleTimeout: '365d', lifetime: '400d' })
  const first = await turn(sessions, '', ({ data }) => Object.assign(data, { user_id: 1 }))
  expect(first.sent[0]?.startsWith(`${name}=`)).toBe(true)
  expect(maxAge(first.sent[0])).toBe(365 * 86_400)
  clock.advance('364d')
  expect((await turn(sessions, first.cookie)).session.data).toEqual({ user_id: 1 })
  clock.advance('1d')
  expect((await turn(sessions, first.cookie)).session.outcome).toBe('expired-idle')
})

test.each(
  backings,
)('a nonce of the session: derive gives bytes that stay, until a login, %s', async (backing) => {
  const sessions = bench(backing).make()
  const first = await begin(sessions)
  const bytes = async (cookie: string, purpose: string): Promise<Uint8Array | undefined> =>
    (await sessions.derive((await turn(sessions, cookie)).session, purpose))[0]
  const nonce = await bytes(first, 'nonce')
  expect(nonce).toHaveLength(32)
  expect(await bytes(first, 'nonce')).toEqual(nonce)
  expect(await bytes(first, 'another')).not.toEqual(nonce)
  const login = await turn(sessions, first, (session) => session.login('ada'))
  expect(await bytes(login.cookie, 'nonce')).not.toEqual(nonce)
})

describe.each(backings)('refused, %s', (backing) => {
  test('cookie_only: false: what is in the address or in a form opens nothing', async () => {
    const sessions = bench(backing).make()
    const cookie = await begin(sessions)
    const query = new URLSearchParams({ [NAME]: payloadOf(cookie), session: payloadOf(cookie) })
    const asked = [
      new Request(`https://example.test/?${query}`),
      new Request('https://example.test/', { method: 'POST', body: query }),
    ]
    for (const one of asked) {
      const { isNew, outcome } = await sessions.load(one)
      expect([isNew, outcome]).toEqual([true, 'none'])
    }
    expect((await sessions.load(request(cookie))).data).toEqual({ n: 1 })
  })

  test('coder: what is only encoded, or only signed, never opens where we encrypt or look up', async () => {
    const sessions = bench(backing).make()
    const signed = await begin(bench('sealed').make({ protection: 'sign' }))
    const forged = [
      '{"n":1}',
      btoa('{"n":1}'),
      btoa('\x04\x08{\x06I"\x06n\x06:\x06ETi\x06'),
      payloadOf(signed),
    ]
    for (const value of forged) {
      const { session } = await turn(sessions, `${NAME}=${encodeURIComponent(value)}`)
      expect([session.isNew, session.data]).toEqual([true, {}])
    }
  })

  test.each(['coder', 'cookieOnly', 'legacyHmac', 'expireAfter'])('the option %s', async (option) => {
    const error = await failure('config', () => bench(backing).make({ [option]: false }))
    expect(error.message).toContain(`SessionManager.${option} is not an option`)
  })
})

describe.each(backings)('the methods of the session hash, %s', (backing) => {
  test('are those of a plain object', async () => {
    const sessions = bench(backing).make()
    const { cookie } = await turn(sessions, '', ({ data, isNew }) => {
      expect([isNew, Object.keys(data).length]).toEqual([true, 0])
      Object.assign(data, { a: 1, deep: { list: [1, 2] }, gone: true })
      delete data.gone
    })
    const { data, isNew } = (await turn(sessions, cookie)).session
    expect([isNew, 'a' in data, 'gone' in data, data.none ?? 'fallback']).toEqual([
      false,
      true,
      false,
      'fallback',
    ])
    expect((data.deep as { list?: number[] }).list?.[1]).toBe(2)
    expect(Object.entries(data)).toEqual([
      ['a', 1],
      ['deep', { list: [1, 2] }],
    ])
    expect({ ...data }).toEqual({ a: 1, deep: { list: [1, 2] } })
  })

  test('know one kind of key, texts: a number is one, too', async () => {
    const sessions = bench(backing).make()
    const { cookie } = await turn(sessions, '', ({ data }) => Object.assign(data, { x: 'a', 7: 'b' }))
    const { data } = (await turn(sessions, cookie)).session
    expect(Object.entries(data)).toEqual([
      ['7', 'b'],
      ['x', 'a'],
    ])
  })
})
