import { describe, expect, it } from 'vitest'
import { judge } from './judge.ts'
import { Laboratory } from './laboratory.ts'
import { times } from './plots.ts'
import type { Call } from './scheduler.ts'
import { World } from './world.ts'

describe('P27: a write whose answer is lost is looked up once', () => {
  it.each([
    'write a',
    'remove',
    'flash',
    'update',
    'count',
    'login',
    'first login',
    'regenerate',
  ])('%s', async (name) => {
    const lab = new Laboratory(true)
    const owned = name !== 'first login'
    const bench = await lab.bench({ owned, renew: false, rotate: false, pending: false }, 1)
    const world = new World(lab, bench)
    const [op] = times(1, name)
    const reply = op && (await world.start('A', op, bench.base.current))
    const { waiting } = bench.gate
    for (let call = waiting[0]; call; call = waiting[0] as Call | undefined)
      await world.release(call, call.name === 'update' ? 'lost' : undefined)
    expect(reply?.status).toBe('ok')
    expect(reply?.opened !== undefined).toBe(op?.reissues === true)
    expect(await judge(world), world.trace.join('\n')).toEqual([])
    bench.close()
  })
})
