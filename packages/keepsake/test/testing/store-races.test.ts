import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/core/store.ts'
import { MemoryStore } from '../../src/index.ts'
import { type MakeStore, storeRaces } from '../../src/testing.ts'

/** A MemoryStore that answers a little late, with one method replaced. */
function broken(replace: (inner: MemoryStore) => Partial<Store>): MakeStore {
  return (clock) => {
    const inner = new MemoryStore({ clock })
    return {
      consistency: 'strong',
      get: async (id) => inner.get(id),
      create: async (...args) => inner.create(...args),
      update: async (...args) => inner.update(...args),
      touch: async (...args) => inner.touch(...args),
      delete: async (id) => inner.delete(id),
      list: async (...args) => inner.list(...args),
      ...replace(inner),
    }
  }
}

/** Ways to break the contract, and a race that each must lose. */
const BREAKS: Readonly<Record<string, readonly [race: string, (inner: MemoryStore) => Partial<Store>]>> = {
  'update that compares no version': [
    'lose no update',
    (inner) => ({
      update: async (id, value, expires, _, owner) => {
        const record = inner.get(id)
        return record !== null && inner.update(id, value, expires, record.version, owner)
      },
    }),
  ],
  'update that creates': [
    'let a logout stand during a save',
    (inner) => ({
      update: async (id, value, expires, version, owner) =>
        inner.update(id, value, expires, version, owner) || inner.create(id, value, expires, owner),
    }),
  ],
  'touch that creates': [
    'let a logout stand during a renewal',
    (inner) => {
      const seen = new Map<string, string>()
      return {
        get: async (id) => {
          const record = inner.get(id)
          if (record) seen.set(id, record.value)
          return record
        },
        touch: async (id, expires, version) =>
          inner.touch(id, expires, version) || inner.create(id, seen.get(id) ?? '', expires),
      }
    },
  ],
  'delete that is not done when it answers': [
    'let no login slip past revokeAll',
    (inner) => ({ delete: async (id) => void setTimeout(() => inner.delete(id), 50) }),
  ],
  'touch that forgets the owner': [
    'list a session that was only renewed for three idle periods',
    (inner) => ({
      touch: async (id, expires, version) => inner.update(id, inner.get(id)?.value ?? '', expires, version),
    }),
  ],
}

describe('a MemoryStore that managers share', () => {
  for (const { name, run } of storeRaces((clock) => new MemoryStore({ clock }))) it(name, run, 60_000)
})

it.each(Object.entries(BREAKS))('finds an %s', async (_, [race, replace]) => {
  const found = storeRaces(broken(replace), { rounds: 200 }).find(({ name }) => name.startsWith(`${race} (`))
  await expect(found?.run()).rejects.toThrow(/^round \d+|renewal/)
})

it('leaves out what needs a list', () => {
  const make = (): Store => new MemoryStore()
  expect(storeRaces(make).length - storeRaces(make, { list: false }).length).toBe(3)
})
