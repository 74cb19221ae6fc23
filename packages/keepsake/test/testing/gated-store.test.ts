import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../../src/core/memory-store.ts'
import { gatedStore } from '../../src/testing/gated-store.ts'
import { type Actor, everySchedule, interleave, seededChoices } from '../../src/testing/schedules.ts'
import { storeContract } from '../../src/testing/store-contract.ts'

const later = new Date(Date.now() + 86_400_000)

function gated() {
  const store = new MemoryStore()
  store.create('id', 'one', later)
  return { store, gate: gatedStore(store) }
}

describe('gatedStore', () => {
  it('does nothing until the call is released', async () => {
    const { store, gate } = gated()
    const deleted = gate.delete('id')
    const call = await gate.next()
    expect([call.method, call.args, store.get('id')?.value]).toEqual(['delete', ['id'], 'one'])
    await call.release()
    await deleted
    expect(store.get('id')).toBeNull()
  })

  it('keeps an answer back that was found before something else happened', async () => {
    const { store, gate } = gated()
    const read = gate.get('id')
    const call = await gate.next()
    await call.run()
    store.delete('id')
    await call.release()
    expect((await read)?.value).toBe('one')
  })

  it('does a call once, however often it is run', async () => {
    const { store, gate } = gated()
    const updated = gate.update('id', 'two', later, 1)
    const call = await gate.next()
    for (const step of [call.run, call.run, call.release, call.release]) await step()
    expect([await updated, store.get('id')?.version]).toEqual([true, 2])
  })

  it('fails a call that was done', async () => {
    const { store, gate } = gated()
    const updated = gate.update('id', 'two', later, 1)
    const call = await gate.next()
    await call.run()
    call.fail(new Error('lost'))
    await expect(updated).rejects.toThrow('lost')
    expect(store.get('id')?.value).toBe('two')
  })

  it('hands on what the store throws', async () => {
    const gate = gatedStore({ ...new MemoryStore(), get: () => Promise.reject(new Error('down')) } as never)
    const read = gate.get('id')
    await (await gate.next()).release()
    await expect(read).rejects.toThrow('down')
  })

  it('hands out calls in their order, whether the test or the call came first', async () => {
    const { gate } = gated()
    const taken = gate.next()
    const calls = [gate.get('a'), gate.get('b'), gate.get('c')]
    const held = [await taken, await gate.next(), await gate.next()]
    expect(held.map(({ args }) => args)).toEqual([['a'], ['b'], ['c']])
    for (const call of held) await call.release()
    expect(await Promise.all(calls)).toEqual([null, null, null])
  })

  it('has list and sweep where the store has', () => {
    expect(Object.keys(gatedStore(new MemoryStore()))).toContain('list')
    expect(Object.keys(gatedStore(new MemoryStore()))).not.toContain('sweep')
  })
})

describe('interleave', () => {
  function actor(name: string, calls: number, log: string[]): Actor {
    const gate = gatedStore(new MemoryStore())
    const work = async (): Promise<void> => {
      for (let i = 0; i < calls; i++) {
        await gate.get(name)
        log.push(name)
      }
    }
    return { gate, done: work() }
  }

  it.each([
    [[1, 1], 2],
    [[2, 2], 6],
    [[3, 3], 20],
    [[2, 2, 2], 90],
    [[0, 3], 1],
    [[0, 0], 1],
  ])('finds every order of %j calls: %i', async (calls, expected) => {
    const seen = new Set<string>()
    const count = await everySchedule(async (choose) => {
      const log: string[] = []
      const order = await interleave(
        calls.map((n, i) => actor(`${i}`, n, log)),
        choose,
      )
      expect(log.join('')).toBe(order.join(''))
      seen.add(order.join(''))
    })
    expect([count, seen.size]).toEqual([expected, expected])
  })

  it('goes on where a request fails', async () => {
    const gate = gatedStore(new MemoryStore())
    const failing = { gate, done: Promise.reject(new Error('app')) }
    expect(await interleave([failing, actor('x', 2, [])], () => 0)).toEqual([1, 1])
  })

  it('finds the lost update of a store that only reads and writes', async () => {
    const totals = new Set<number>()
    await everySchedule(async (choose) => {
      const store = new MemoryStore()
      store.create('id', '0', later)
      const actors = [0, 1].map(() => {
        const gate = gatedStore(store)
        const count = async (): Promise<void> => {
          const value = Number((await gate.get('id'))?.value) + 1
          await gate.update('id', `${value}`, later, store.get('id')?.version ?? 0)
        }
        return { gate, done: count() }
      })
      await interleave(actors, choose)
      totals.add(Number(store.get('id')?.value))
    })
    expect([...totals].sort()).toEqual([1, 2])
  })
})

it('chooses the same for the same seed, and everything in time', () => {
  const choices = (seed: number): number[] => {
    const choose = seededChoices(seed)
    return Array.from({ length: 100 }, () => choose(3))
  }
  expect(choices(7)).toEqual(choices(7))
  expect(choices(7)).not.toEqual(choices(8))
  expect(new Set(choices(7))).toEqual(new Set([0, 1, 2]))
})

describe('a gate that opens by itself changes nothing', () => {
  const checks = storeContract((clock) => {
    const gate = gatedStore(new MemoryStore({ clock }))
    const open = async (): Promise<void> => {
      for (;;) await (await gate.next()).release()
    }
    void open()
    return gate
  })
  for (const { name, run } of checks) it(name, run)
})
