import { describe, expect, it } from 'vitest'
import { type Choose, everyChoice, seeded } from './choices.ts'
import { tokenOf } from './cookies.ts'
import { Laboratory } from './laboratory.ts'
import { times } from './plots.ts'
import { OWNER } from './requests.ts'
import type { Call } from './scheduler.ts'
import { World } from './world.ts'

const LABS: Readonly<Record<number, Laboratory>> = {
  1: new Laboratory(true, { options: { maxSessions: 1 } }),
  2: new Laboratory(true, { options: { maxSessions: 2 } }),
}
const SETTING = { owned: false, renew: false, rotate: false, pending: false }

/** Visitors log in as one user who may have `limit` sessions; so many processes may die on the way. */
async function race(limit: number, logins: number, mortal: number, choose: Choose): Promise<void> {
  const lab = LABS[limit] as Laboratory
  const bench = await lab.bench(SETTING, 1)
  const world = new World(lab, bench, false)
  const { waiting } = bench.gate
  try {
    for (const [i, op] of times(logins, 'first login').entries())
      await world.start(`${i}`, op, i === 0 ? bench.base.current : undefined)
    for (let crashes = mortal; waiting.length > 0; ) {
      const choice = choose(waiting.length * (1 + Math.min(1, crashes)))
      const call = waiting[choice % waiting.length] as Call
      if (choice < waiting.length) await world.release(call)
      else {
        crashes--
        world.trace.push(`${call.actor} dies`)
        await bench.gate.kill(call.actor)
      }
      expect(await loggedIn(world), world.trace.join('\n')).toBeLessThanOrEqual(limit)
    }
    if (mortal === 0) await judgeRest(world, limit)
  } finally {
    bench.close()
  }
}

/** How many browsers hold a token that opens. */
async function loggedIn(world: World): Promise<number> {
  const tokens = world.replies.flatMap(({ cookies }) => tokenOf(cookies) ?? [])
  const opened = await Promise.all(tokens.map((token) => world.opens(token)))
  return opened.filter((seen) => seen !== undefined).length
}

/** As many are logged in as may be, each is in the list, and who was turned away holds nothing. */
async function judgeRest(world: World, limit: number): Promise<void> {
  const full = Math.min(limit, world.replies.length)
  const trace = world.trace.join('\n')
  expect(await loggedIn(world), trace).toBe(full)
  expect(await world.listed(OWNER), trace).toHaveLength(full)
  for (const { status, cookies } of world.replies)
    expect([status, cookies.length], trace).toEqual(status === 'ok' ? ['ok', 1] : ['superseded', 0])
}

describe('logins beyond maxSessions at once', { timeout: 120_000 }, () => {
  it('of two, exactly one is in when both are done', async () => {
    const schedules = await everyChoice((choose) => race(1, 2, 0, choose))
    console.info(`maxSessions 1, two logins: ${schedules} schedules`)
    expect(schedules).toBeGreaterThan(100)
  })

  it('of two, at most one is ever in, whichever process dies when', async () => {
    const schedules = await everyChoice((choose) => race(1, 2, 1, choose))
    expect(schedules).toBeGreaterThan(300)
  })

  it.each([1, 2])('of three, as many as may be: %i', async (limit) => {
    for (let seed = 1; seed <= 300; seed++) await race(limit, 3, 0, seeded(seed))
  })

  it('of three, never more than may be, whichever processes die', async () => {
    for (let seed = 1; seed <= 300; seed++) await race(1, 3, 2, seeded(seed))
  })
})
