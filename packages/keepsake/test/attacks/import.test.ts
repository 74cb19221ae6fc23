import { describe, expect, test } from 'vitest'
import { backings, bench, turn } from '../core/kit.ts'
import { cookieOf, toy } from '../import/toy.ts'

/** The attacker's own session of the old app, planted in the victim's browser by a sister host. */
const PLANTED = cookieOf({ id: 'eve', user: 'eve', cart: ['planted'] })

describe.each(backings)('%s', (backing) => {
  const planted = (accept = [toy()]) => bench(backing, { accept })

  test('T-F1 an old cookie that was planted opens nothing of what the victim does after a login', async () => {
    const { make } = planted()
    const victim = await turn(make(), PLANTED, (session) => {
      session.login('ada')
      session.data.secret = 1
    })
    const attacker = await turn(make(), PLANTED)
    expect(attacker.session.owner).toBeUndefined()
    expect(attacker.session.data.secret).toBeUndefined()
    expect((await turn(make(), victim.cookie)).session.owner).toBe('ada')
  })

  test('T-F3 nothing that came in it survives a login, were it requests later', async () => {
    const { make } = planted()
    const first = await turn(make(), PLANTED)
    const second = await turn(make(), first.cookie, ({ data }) => void Object.assign(data, { n: 1 }))
    const { cookie } = await turn(make(), second.cookie, (session) => session.login('ada'))
    expect({ ...(await turn(make(), cookie)).session.data }).toEqual({})
  })

  test('T-F6 data that looks like an owner makes nobody one', async () => {
    const map = (old: object): object => ({ ...old, owner: 'ada', $sub: 'ada', o: 'ada', authenticatedAt: 1 })
    const { make } = planted([toy({ map: map as never })])
    const { session } = await turn(make(), PLANTED)
    expect([session.owner, session.authenticatedAt]).toEqual([undefined, undefined])
  })
})

test('T-F5 sessions of the old app end with all others of their owner, those too that nobody has taken over yet', async () => {
  const { make, clock } = bench('stored', { accept: [toy({ owner: ({ user }) => user })] })
  const here = await turn(make(), '', (session) => session.login('eve'))
  const moved = await turn(make(), cookieOf({ id: 'phone', user: 'eve' }))
  clock.advance(1)
  await make().revokeAll('eve', { except: here.session.id })
  expect((await turn(make(), here.cookie)).session.owner).toBe('eve')
  expect((await turn(make(), moved.cookie)).session.owner).toBeUndefined()
  expect((await turn(make(), PLANTED)).session.owner).toBeUndefined()
})
