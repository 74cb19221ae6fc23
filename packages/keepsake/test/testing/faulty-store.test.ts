import { expect, it } from 'vitest'
import { MemoryStore } from '../../src/core/memory-store.ts'
import { type Fault, faultyStore } from '../../src/testing/faulty-store.ts'

const later = new Date(Date.now() + 86_400_000)

function broken(fault: Fault) {
  const store = new MemoryStore()
  store.create('id', 'one', later)
  return { store, faulty: faultyStore(store, ({ method }) => (method === 'update' ? fault : undefined)) }
}

it.each([
  ['throw', 'one'],
  ['throw-after', 'two'],
] as const)('%s leaves %s', async (fault, left) => {
  const { store, faulty } = broken(fault)
  await expect(faulty.update('id', 'two', later, 1)).rejects.toThrow('by plan, at update')
  expect(store.get('id')?.value).toBe(left)
  expect((await faulty.get('id'))?.value).toBe(left)
})

it.each([
  ['hang', 'one'],
  ['hang-after', 'two'],
] as const)('%s leaves %s until it is released', async (fault, left) => {
  const { store, faulty } = broken(fault)
  const updated = Promise.resolve(faulty.update('id', 'two', later, 1))
  const answer = await Promise.race([updated, Promise.resolve(faulty.get('id')).then(() => 'hangs')])
  expect([answer, store.get('id')?.value]).toEqual(['hangs', left])
  faulty.release()
  expect([await updated, store.get('id')?.value]).toEqual([true, 'two'])
})

it('tells the plan which call it is', async () => {
  const calls: unknown[] = []
  const store = faultyStore(new MemoryStore(), (call) => {
    calls.push(call)
    return undefined
  })
  await store.get('a')
  await store.delete('b')
  expect(calls).toEqual([
    { method: 'get', args: ['a'], count: 0 },
    { method: 'delete', args: ['b'], count: 1 },
  ])
})
