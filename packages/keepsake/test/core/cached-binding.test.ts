import { describe, expect, it } from 'vitest'
import { cached, crossed, get, jar, namesOf, post, SNAPSHOT, write } from './cached-kit.ts'
import { bench, NAME, type Visit } from './kit.ts'

describe('a snapshot is bound', () => {
  it('to its token: every token ever held with every snapshot ever held', async () => {
    const { make, clock } = cached({ rotateEvery: '1h', renewAfter: '30m' })
    const sessions = make()
    const held: { cookie: string; shows: unknown[] }[] = []
    let cookie = ''
    const step = async (use: (session: Visit) => void): Promise<void> => {
      const done = await post(sessions, cookie, use)
      cookie = done.cookie
      held.push({ cookie, shows: [done.session.owner, done.session.data.n] })
    }
    await step(write({ n: 0 }))
    await step((session) => session.login('ada'))
    await step(write({ n: 1 }))
    await step((session) => session.regenerate())
    await step((session) => session.login('bob'))
    await step(write({ n: 2 }))
    cookie = ''
    await step((session) => session.login('eve'))
    clock.advance(30)
    const show = async (header: string): Promise<unknown[]> => {
      const { session } = await get(sessions, header)
      return [session.owner, session.data.n]
    }
    const tokenOf = (one: { cookie: string }): string => jar(one.cookie).get(NAME) ?? ''
    for (const token of held) {
      const alone = await show(`${NAME}=${tokenOf(token)}`)
      for (const snapshot of held) {
        const own = tokenOf(token) === tokenOf(snapshot)
        expect(await show(crossed(token.cookie, snapshot.cookie))).toEqual(own ? snapshot.shows : alone)
      }
    }
  })

  it('to manager, name, audience and purpose', async () => {
    const { make, counted, clock } = cached()
    const mine = make()
    const { cookie } = await post(mine, '', write({ n: 1 }))
    const others = [
      make({ audience: 'other' }),
      make({ cookie: { name: '__Host-other' } }),
      make({ secrets: 'oF2hYw8NQeRk4tVbXc6mZp1sLdJg9aUi' }),
    ]
    for (const sessions of others) {
      const theirs = await post(sessions, '', write({ n: 2 }))
      const name = namesOf(theirs.sent)[0] ?? ''
      counted.calls.length = 0
      const mixed = `${name}=${jar(theirs.cookie).get(name)}; ${name}-snapshot=${jar(cookie).get(SNAPSHOT)}`
      expect((await get(sessions, mixed)).session.data).toEqual({ n: 2 })
      expect(counted.calls).toEqual(['get'])
    }
    const sealed = bench('sealed', { clock: clock.now }).make()
    const seal = jar((await post(sealed, '', write({ n: 3 }))).cookie).get(NAME)
    const oneOff = await mine.seal('snapshot', { n: 4 }, { ttl: '1h' })
    for (const foreign of [seal, oneOff, jar(cookie).get(NAME), 'junk', ''] as string[]) {
      counted.calls.length = 0
      const { session } = await get(mine, `${NAME}=${jar(cookie).get(NAME)}; ${SNAPSHOT}=${foreign}`)
      expect([session.data, counted.calls]).toEqual([{ n: 1 }, ['get']])
    }
  })

  it('and opens nothing by itself, as a session, or beside a token that is not ours', async () => {
    const { make, counted } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    const snapshot = jar(cookie).get(SNAPSHOT)
    const token = jar(cookie).get(NAME) ?? ''
    counted.calls.length = 0
    const forged = `${token.slice(0, -3)}${token.at(-3) === 'A' ? 'B' : 'A'}${token.slice(-2)}`
    for (const value of ['', `${NAME}=${snapshot}; `, `${NAME}=${forged}; `, `${NAME}=junk; `]) {
      const { session } = await get(sessions, `${value}${SNAPSHOT}=${snapshot}`)
      expect([session.isNew, session.data]).toEqual([true, {}])
    }
    expect(counted.calls).toEqual([])
  })

  it('of several the newest counts, and junk beside it does no harm', async () => {
    const { make, clock, counted } = cached()
    const sessions = make()
    const first = await post(sessions, '', write({ n: 1 }))
    clock.advance(1)
    const second = await post(sessions, first.cookie, write({ n: 2 }))
    counted.calls.length = 0
    const [older, newer] = [first, second].map(({ cookie }) => `${SNAPSHOT}=${jar(cookie).get(SNAPSHOT)}`)
    for (const order of [
      [older, newer],
      [newer, older],
      [`${SNAPSHOT}=junk`, older, newer],
    ]) {
      const { session } = await get(sessions, [`${NAME}=${jar(first.cookie).get(NAME)}`, ...order].join('; '))
      expect(session.data).toEqual({ n: 2 })
    }
    expect(counted.calls).toEqual([])
  })
})
