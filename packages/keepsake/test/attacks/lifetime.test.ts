import { describe, expect, test } from 'vitest'
import { type Duration, MemoryStore, SessionManager, type Store, type Stored } from '../../src/index.ts'
import { backings, HOUR, mint, N, request, SECRETS, T0, target, turn } from './kit.ts'

const MINUTE = 60_000

describe.each(backings)('%s', (backing) => {
  test('T-L1 it opens until the last millisecond of its idle time, and not after', async () => {
    const on = target(backing, { idleTimeout: '1h' })
    const value = await mint(on)
    on.clock.set(T0 + HOUR - 1)
    const session = await on.sessions.load(request(`${N}=${value}`))
    expect(session.outcome).toBe('loaded')
    for (const moment of [T0 + HOUR, T0 + HOUR + 1]) {
      on.clock.set(moment)
      // the store has forgotten it by then
      const outcome = backing === 'stored' ? 'unknown' : 'expired-idle'
      expect(await turn(on, `${N}=${value}`)).toMatchObject({ outcome, data: {} })
    }
  })

  test('T-L2 a clock may be behind by a minute, not by more', async () => {
    const on = target(backing)
    const value = await mint(on)
    on.clock.set(T0 - MINUTE)
    expect((await turn(on, `${N}=${value}`)).data).toEqual({ uid: 'u_1' })
    on.clock.set(T0 - MINUTE - 1)
    expect(await turn(on, `${N}=${value}`)).toMatchObject({ outcome: 'malformed', data: {} })
  })

  test('T-L3 use renews it, but never beyond the absolute limit', async () => {
    const on = target(backing, { idleTimeout: '1h', lifetime: '12h' })
    let value = await mint(on)
    for (let minutes = 10; minutes < 13 * 60; minutes += 10) {
      on.clock.set(T0 + minutes * MINUTE)
      const turned = await turn(on, `${N}=${value}`)
      expect([minutes, turned.outcome === 'loaded']).toEqual([minutes, minutes < 12 * 60])
      value = turned.value || value
    }
  })

  test('T-L5 a lower limit counts at once', async () => {
    const on = target(backing)
    const value = await mint(on)
    const stricter = target(backing, { lifetime: '1h', store: on.store })
    stricter.clock.set(T0 + HOUR - 1)
    expect((await turn(stricter, `${N}=${value}`)).outcome).toBe('loaded')
    stricter.clock.set(T0 + HOUR)
    expect(await turn(stricter, `${N}=${value}`)).toMatchObject({ outcome: 'expired-absolute', data: {} })
  })

  test('T-L6 a higher limit does not bring back what has ended', async () => {
    const on = target(backing, { idleTimeout: '1h' })
    const value = await mint(on)
    const laxer = target(backing, { idleTimeout: '7d', store: on.store })
    laxer.clock.set(T0 + HOUR)
    expect((await turn(laxer, `${N}=${value}`)).data).toEqual({})
  })

  test('T-L7 renewed rarely, and ended no later than idle time after the last look', async () => {
    const on = target(backing, { idleTimeout: 600, renewAfter: 30 })
    let value = await mint(on)
    on.forget()
    let renewals = 0
    let last = T0
    for (let seconds = 10; seconds <= 3_600; seconds += 10) {
      last = T0 + seconds * 1_000
      on.clock.set(last)
      const turned = await turn(on, `${N}=${value}`)
      expect(turned.data).toEqual({ uid: 'u_1' })
      if (turned.sent.length > 0) renewals++
      value = turned.value || value
    }
    const count = backing === 'stored' ? on.calls.filter((call) => call === 'touch').length : renewals
    expect(count).toBe(120)
    on.clock.set(last + 600_000)
    expect((await turn(on, `${N}=${value}`)).data).toEqual({})
  })

  test('T-L11 a clock that steps back during the request moves no limit', async () => {
    const on = target(backing, { lifetime: '2h' })
    const value = await mint(on)
    on.clock.set(T0 + HOUR)
    const session = await on.sessions.load(request(`${N}=${value}`))
    session.data.more = 1
    on.clock.set(T0 + HOUR - 10 * MINUTE)
    const sent = await on.sessions.save(session)
    const age = /Max-Age=(\d+)/.exec(sent[0] ?? 'Max-Age=1')?.[1]
    expect(Number(age)).toBeGreaterThan(0)
    expect(Number(age)).toBeLessThanOrEqual(2 * 3600)
    expect(session.absoluteExpiresAt).toBe(T0 + 2 * HOUR)
  })
})

describe('T-L9 T-L10 a record that the store should not have returned', () => {
  const damaged = (change: (stored: Stored) => Stored): { store: Store; damage(): void } => {
    const store = new MemoryStore()
    let broken = false
    const get = async (id: string): Promise<Stored | null> => {
      const stored = await store.get(id)
      return stored && broken ? change(stored) : stored
    }
    const damage = (): void => {
      broken = true
    }
    return {
      store: {
        consistency: 'strong',
        get,
        create: (...it) => store.create(...it),
        update: (...it) => store.update(...it),
        touch: (...it) => store.touch(...it),
        delete: (id) => store.delete(id),
      },
      damage,
    }
  }
  const headed = (stored: Stored, change: object): Stored => {
    const [head = '', ...rest] = stored.value.split('\n')
    return { ...stored, value: [JSON.stringify({ ...JSON.parse(head), ...change }), ...rest].join('\n') }
  }

  test.each<[string, string, (stored: Stored) => Stored]>([
    ['T-L9', 'expired', (it) => ({ ...it, expires: new Date(T0 - 1) })],
    ['T-L10', 'no date', (it) => ({ ...it, expires: new Date(Number.NaN) })],
    ['T-L10', 'a date before time', (it) => ({ ...it, expires: new Date(-1) })],
    ...['x', Number.NaN, null, -1, Number.POSITIVE_INFINITY, 2 ** 53, 1.5].flatMap(
      (it): [string, string, (stored: Stored) => Stored][] => [
        ['T-L10', `created ${it}`, (stored) => headed(stored, { c: it })],
        ['T-L10', `idle ${it}`, (stored) => headed(stored, { i: it })],
      ],
    ),
    ['T-L10', 'made tomorrow', (stored) => headed(stored, { c: T0 + 24 * HOUR })],
    ['T-L10', 'no head', (it) => ({ ...it, value: `null\n{}\n{}` })],
    ['T-L10', 'no record', (it) => ({ ...it, value: 'garbage' })],
    ['T-L10', 'no line', (stored) => headed(stored, { t: undefined })],
    ['T-L10', 'half of it', (it) => ({ ...it, value: it.value.slice(0, it.value.length / 2) })],
  ])('%s %s: anonymous, reported, and nothing is written', async (_id, _what, change) => {
    const { store, damage } = damaged(change)
    const on = target('stored', { store })
    const value = await mint(on)
    damage()
    on.forget()
    expect(await turn(on, `${N}=${value}`)).toMatchObject({ data: {}, sent: [] })
    expect(on.events).toHaveLength(1)
    expect(on.calls).toEqual(['get'])
  })
})

test('T-L17 limits that are left out are finite, and ones that contradict are refused', () => {
  const { sessions } = target('sealed')
  expect(sessions).toBeDefined()
  const durations = [Number.POSITIVE_INFINITY, 0, -1, Number.NaN] as Duration[]
  const options = durations.flatMap((it) => [{ idleTimeout: it }, { lifetime: it }, { renewAfter: it }])
  for (const option of [...options, { idleTimeout: '2h', lifetime: '1h' } as const]) {
    const make = () => new SessionManager({ secrets: SECRETS[0], ...option })
    expect(make).toThrow(expect.objectContaining({ code: 'config' }))
  }
})

test('T-L17 by default a session ends after 7 days idle and 30 days in all', async () => {
  const on = target('sealed')
  const session = await on.sessions.load(request(null))
  session.data.uid = 'u_1'
  expect(session.expiresAt - T0).toBe(7 * 24 * HOUR)
  expect(session.absoluteExpiresAt - T0).toBe(30 * 24 * HOUR)
})

test('T-L20 after a logout no token of the session opens, however it was renewed', async () => {
  const on = target('stored', { rotateEvery: '5m' })
  const values = [await mint(on)]
  for (let n = 1; n < 4; n++) {
    on.clock.advance('6m')
    values.push((await turn(on, `${N}=${values.at(-1)}`)).value)
    await turn(on, `${N}=${values.at(-1)}`)
  }
  expect(new Set(values).size).toBe(4)
  await turn(on, `${N}=${values.at(-1)}`, (session) => session.destroy())
  for (const value of values) expect((await turn(on, `${N}=${value}`)).data).toEqual({})
})

test('T-L21 what can’t be revoked says so', () => {
  expect(target('sealed').sessions.capabilities).toMatchObject({ revocable: false, rollbackProtected: false })
  expect(target('stored').sessions.capabilities).toMatchObject({ revocable: true, rollbackProtected: true })
})

test('T-L23 revokeAll ends what was there, not what logs in later', async () => {
  const on = target('stored')
  const before = await turn(on, null, (session) => session.login('ada'))
  on.clock.advance(1)
  await on.sessions.revokeAll('ada')
  expect((await turn(on, before.pair)).outcome).toBe('unknown')
  on.clock.advance(1)
  const after = await turn(on, null, (session) => session.login('ada'))
  expect((await turn(on, after.pair)).outcome).toBe('loaded')
})

test('T-L25 an older cookie does not bring older data back', async () => {
  const on = target('stored')
  const value = await mint(on, { attempts: 3 })
  await turn(on, `${N}=${value}`, ({ data }) => void Object.assign(data, { attempts: 0 }))
  expect((await turn(on, `${N}=${value}`)).data).toEqual({ attempts: 0 })
})
