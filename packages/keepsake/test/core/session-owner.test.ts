import { describe, expect, test } from 'vitest'
import type { MemoryStore } from '../../src/index.ts'
import { backings, begin, bench, request, turn } from './kit.ts'

describe.each(backings)('%s: logging in as another owner', (backing) => {
  test('carries nothing: no data, no flash, no label, another id', async () => {
    const sessions = bench(backing).make()
    const ada = await turn(sessions, '', (session) => {
      session.data.cart = [1]
      session.flash('notice', 'hello')
      session.login('ada', { label: 'laptop' })
    })
    const bob = await turn(sessions, ada.cookie, (session) => {
      session.login('bob', { keep: ['cart'] })
      session.data.own = true
    })
    const { session } = await turn(sessions, bob.cookie)
    expect([session.owner, { ...session.data }, session.peek('notice')]).toEqual([
      'bob',
      { own: true },
      undefined,
    ])
    expect(session.id).not.toBe(ada.session.id)
  })

  test('within the request the session is new from then on', async () => {
    const sessions = bench(backing).make()
    const { cookie } = await turn(sessions, '', (session) => session.login('ada'))
    const session = await sessions.load(request(cookie))
    expect([session.isNew, session.owner]).toEqual([false, 'ada'])
    session.login('bob')
    expect([session.isNew, session.owner, { ...session.data }]).toEqual([true, 'bob', {}])
  })

  test('and as a third one in the same request: the last one counts', async () => {
    const { make } = bench(backing)
    const sessions = make()
    const { cookie } = await turn(sessions, '', (session) => session.login('ada'))
    const next = await turn(sessions, cookie, (session) => {
      session.login('bob')
      session.data.of = 'bob'
      session.login('carol')
    })
    const { session } = await turn(sessions, next.cookie)
    expect([session.owner, { ...session.data }]).toEqual(['carol', {}])
  })

  test('logging in as the same owner again keeps id or data as any login does', async () => {
    const { make, clock } = bench(backing)
    const sessions = make()
    const first = await turn(sessions, '', (session) => {
      session.data.cart = [1]
      session.login('ada')
    })
    clock.advance('1h')
    const { session } = await turn(sessions, first.cookie, (it) => it.login('ada'))
    expect({ ...session.data }).toEqual({ cart: [1] })
    expect(session.authenticatedAt).toBe(clock.now())
    expect(session.createdAt).toBe(clock.now())
  })
})

describe('stored: the record of the former owner', () => {
  test.each([
    ['another login', ['bob']],
    ['two other logins', ['bob', 'carol']],
    ['another login and back', ['bob', 'ada']],
  ])('ends with %s', async (_, owners) => {
    const { make, store } = bench('stored')
    const sessions = make()
    const { cookie, session } = await turn(sessions, '', (it) => it.login('ada'))
    await turn(sessions, cookie, (it) => {
      for (const owner of owners) it.login(owner)
    })
    expect(await store.get(session.id)).toBeNull()
    expect((store as MemoryStore).size).toBe(1)
  })

  test('an anonymous one passes into the login', async () => {
    const { make, store } = bench('stored')
    const sessions = make()
    const cookie = await begin(sessions)
    await turn(sessions, cookie, (it) => it.login('ada'))
    expect((store as MemoryStore).size).toBe(1)
  })
})
