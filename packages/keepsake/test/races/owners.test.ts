import { describe, expect, it } from 'vitest'
import { type Choose, everyChoice, seeded } from './choices.ts'
import { judge } from './judge.ts'
import { Laboratory } from './laboratory.ts'
import { times } from './plots.ts'
import { type Op, OWNER } from './requests.ts'
import type { Call } from './scheduler.ts'
import { World } from './world.ts'

const SETTING = { owned: false, renew: false, rotate: false, pending: false }

/** Visitors log in while all sessions of that user are ended; so many processes may die on the way. */
async function race(lab: Laboratory, ops: readonly Op[], mortal: number, choose: Choose): Promise<void> {
  const bench = await lab.bench(SETTING, 1)
  const world = new World(lab, bench, false)
  const { waiting } = bench.gate
  try {
    for (const [i, op] of ops.entries())
      await world.start(`${i}`, op, i === 0 ? bench.base.current : undefined)
    for (let crashes = mortal; waiting.length > 0; ) {
      const choice = choose(waiting.length * (1 + crashes))
      const call = waiting[choice % waiting.length] as Call
      if (choice < waiting.length) await world.release(call)
      else crashes -= await die(world, call)
    }
    expect(await judge(world), world.trace.join('\n')).toEqual([])
  } finally {
    bench.close()
  }
}

async function die(world: World, { actor }: Call): Promise<number> {
  await world.kill(actor)
  return 1
}

describe('P8: logins against revokeAll', { timeout: 60_000 }, () => {
  it.each([
    ['two logins', 2, 0],
    ['one login, and any process may die', 1, 1],
  ])('no login that was under way survives: %s', async (name, logins, crashes) => {
    const lab = new Laboratory(true)
    const ops = [...times(logins, 'first login'), ...times(1, 'revokeAll')]
    const schedules = await everyChoice((choose) => race(lab, ops, crashes, choose))
    console.info(`Owners, ${name}: ${schedules} schedules`)
    expect(schedules).toBeGreaterThan(100)
  })

  it('no login that was under way survives, where an owner has one place, too', async () => {
    const lab = new Laboratory(true, { options: { maxSessions: 1 } })
    const ops = [...times(1, 'first login'), ...times(1, 'revokeAll')]
    expect(await everyChoice((choose) => race(lab, ops, 1, choose))).toBeGreaterThan(100)
    const crowd = [...times(2, 'first login'), ...times(1, 'revokeAll')]
    for (let seed = 1; seed <= 500; seed++) await race(lab, crowd, 0, seeded(seed))
  })

  it('what one revokeAll barred, another one that spares a session does not let in', async () => {
    const lab = new Laboratory(true)
    const bench = await lab.bench(SETTING, 1)
    const world = new World(lab, bench)
    const { waiting } = bench.gate
    const [login, all, others] = ['first login', 'revokeAll', 'revoke others'].flatMap((name) =>
      times(1, name),
    ) as [Op, Op, Op]
    const reply = await world.start('login', login, bench.base.current)
    await world.release(waiting[0] as Call)
    for (const op of [all, others]) {
      world.tick(1_000)
      await world.start(op.name, op, undefined)
      while (waiting.length > 1) await world.release(waiting[1] as Call)
    }
    while (waiting.length > 0) await world.release(waiting[0] as Call)
    expect(reply.status).toBe('superseded')
    expect(await world.listed(OWNER)).toEqual([])
    bench.close()
  })
})
