import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../../src/core/memory-store.ts'
import { storeContract } from '../../src/testing/store-contract.ts'

const DAY = 86_400_000

describe('MemoryStore keeps the contract', () => {
  for (const { name, run } of storeContract((clock) => new MemoryStore({ clock }))) it(name, run)
})

function fill(store: MemoryStore, from: number, to: number, expires: Date, owner?: string): void {
  for (let i = from; i < to; i++) store.create(`id${i}`, `{"n":${i}}`, expires, owner)
}

describe('MemoryStore is bounded', () => {
  const later = new Date(Date.now() + DAY)

  it.each([1, 2, 7, 1_000])('never holds more than %i', (maxSessions) => {
    const store = new MemoryStore({ maxSessions })
    fill(store, 0, maxSessions * 3, later, 'ada')
    expect(store.size).toBe(maxSessions)
    expect(store.get(`id${maxSessions * 3 - 1}`)).not.toBeNull()
    expect(store.list('ada', maxSessions * 4)).toHaveLength(maxSessions)
  })

  it('lets the least recently used go, whatever used the others', () => {
    const store = new MemoryStore({ maxSessions: 4 })
    fill(store, 0, 4, later)
    store.get('id0')
    store.touch('id1', later, 1)
    store.update('id2', 'x', later, 1)
    fill(store, 4, 5, later)
    expect([0, 1, 2, 3, 4].filter((i) => store.get(`id${i}`))).toEqual([0, 1, 2, 4])
  })

  it('keeps what is in use through any number of newcomers', () => {
    const store = new MemoryStore({ maxSessions: 100 })
    fill(store, 0, 100, later)
    for (let i = 100; i < 20_000; i++) {
      fill(store, i, i + 1, later)
      if (i % 10 === 0) expect(store.get('id50')).not.toBeNull()
    }
    expect(store.size).toBe(100)
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses maxSessions %d', (maxSessions) => {
    expect(() => new MemoryStore({ maxSessions })).toThrow(TypeError)
  })
})

describe('MemoryStore has no timers', () => {
  it('drops what expired in small steps, behind one that stays', () => {
    let now = Date.now()
    const store = new MemoryStore({ clock: () => now })
    store.create('stays', 'x', new Date(now + 100 * DAY))
    fill(store, 0, 1_000, new Date(now + DAY), 'ada')
    now += DAY
    for (let call = 0; call < 600; call++) store.get('stays')
    expect(store.size).toBe(1)
    expect(store.list('ada', 10)).toEqual([])
  })

  it('drops at most two a call', () => {
    let now = Date.now()
    const store = new MemoryStore({ clock: () => now })
    fill(store, 0, 1_000, new Date(now + DAY))
    now += DAY
    store.get('unknown')
    expect(store.size).toBeGreaterThanOrEqual(998)
  })
})

it('keeps text: what a caller does to its date or a listed record changes nothing', () => {
  const store = new MemoryStore()
  const expires = new Date(Date.now() + DAY)
  store.create('id', 'x', expires, 'ada')
  expires.setTime(0)
  store.get('id')?.expires.setTime(0)
  store.list('ada', 1)[0]?.expires.setTime(0)
  expect(store.get('id')).not.toBeNull()
})
