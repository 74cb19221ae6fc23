import { describe, expect, it } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { everyChoice } from './choices.ts'
import { carrying, tokenOf } from './cookies.ts'
import { Laboratory } from './laboratory.ts'
import { times } from './plots.ts'
import type { Op } from './requests.ts'
import { together } from './schedules.ts'

const FIVE_MINUTES = 300_000

const shorten: Op = { name: 'shorten', handle: (session) => session.remember('5m'), reissues: true }

describe('P2: renewals', () => {
  it('never lengthen what was shortened after they had loaded', async () => {
    const lab = new Laboratory(true)
    const schedules = await everyChoice(async (choose) => {
      const { problems, trace, world } = await together(lab, [...times(1, 'renew'), shorten], choose)
      expect(problems, trace).toEqual([])
      const { base, gate } = world.bench
      const record = await gate.inner.get(base.id)
      expect(record?.expires.getTime(), trace).toBe(base.now + FIVE_MINUTES)
    })
    expect(schedules).toBeGreaterThan(1)
  })

  it('keep a session in the list of its owner, to its absolute limit', async () => {
    const clock = fakeClock()
    const store = new MemoryStore({ clock: clock.now })
    const sessions = new SessionManager({ store, clock: clock.now, idleTimeout: '2h', lifetime: '12h' })
    const first = await sessions.load(carrying(undefined))
    first.login('ada')
    const token = tokenOf(await sessions.save(first))
    for (let hour = 1; hour < 12; hour++) {
      clock.advance('1h')
      const session = await sessions.load(carrying(token))
      expect(session.owner).toBe('ada')
      await sessions.save(session)
      expect(await sessions.list('ada')).toHaveLength(1)
    }
    clock.advance('1h')
    expect((await sessions.load(carrying(token))).outcome).toBe('expired-absolute')
    expect(await sessions.list('ada')).toEqual([])
  })
})
