import { describe, expect, test } from 'vitest'
import { SessionManager } from '../../src/index.ts'
import { backings, bench, failure, NAME, SECRETS, turn } from './kit.ts'

describe.each(backings)('two apps, %s', (backing) => {
  test('share sessions by equal secrets and an equal cookie, logins and logouts included', async () => {
    const { make } = bench(backing)
    const [shop, account] = [make(), make()]
    const first = await turn(shop, '', ({ data }) => Object.assign(data, { cart: ['tea'] }))
    const login = await turn(account, first.cookie, (session) => session.login('ada', { keep: ['cart'] }))
    const back = await turn(shop, login.cookie)
    expect([back.session.owner, back.session.data]).toEqual(['ada', { cart: ['tea'] }])
    const gone = await turn(account, login.cookie, (session) => session.destroy())
    expect((await turn(shop, gone.cookie)).session.owner).toBeUndefined()
  })

  test.each([
    ['an audience of its own', { audience: 'admin' }],
    ['another secret', { secrets: SECRETS[1] }],
  ])('are apart by %s, under the same cookie', async (_, apart) => {
    const { make } = bench(backing)
    const { cookie } = await turn(make(), '', (session) => session.login('ada'))
    const { session, sent } = await turn(make(apart), cookie)
    expect([session.owner, sent]).toEqual([undefined, []])
    expect((await turn(make(), cookie)).session.owner).toBe('ada')
  })

  test('are apart by the name of the cookie, even if somebody moves its value over', async () => {
    const { make } = bench(backing)
    const other = NAME.replace('session', 'admin')
    const { cookie } = await turn(make(), '', (session) => session.login('ada'))
    const { session } = await turn(make({ cookie: { name: other } }), cookie.replace(NAME, other))
    expect([session.owner, session.isNew]).toEqual([undefined, true])
  })
})

test.each([undefined, '', [undefined]])('secrets that are %j name what makes one', async (secrets) => {
  const error = await failure('config', () => new SessionManager({ secrets }))
  expect(error.message).toContain('npx keepsake secret')
  expect(error.message).toContain('environment variable')
})
