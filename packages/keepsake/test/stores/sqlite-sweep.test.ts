import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type SqliteStore, sqliteStore } from '../../src/sqlite.ts'

const TEN_MINUTES = 600_000
const NOON = Date.UTC(2026, 10, 26, 12)

/** Does it, and says when the session ends from then on, ms since the epoch; `undefined` where that is as before. */
type Deed = (store: SqliteStore, id: string, end: number, owner: string | undefined) => number | undefined

const DEEDS = {
  create: (store, id, end, owner) => (store.create(id, 'x', new Date(end), owner) ? end : undefined),
  update: (store, id, end, owner) =>
    store.update(id, 'y', new Date(end), versionOf(store, id), owner) ? end : undefined,
  touch: (store, id, end) => (store.touch(id, new Date(end), versionOf(store, id)) ? end : undefined),
  delete: (store, id) => {
    store.delete(id)
    return 0
  },
  sweep: (store) => {
    store.sweep(9)
    return undefined
  },
} satisfies Record<string, Deed>

function versionOf(store: SqliteStore, id: string): number {
  return store.get(id)?.version ?? 0
}

const step = fc.record({
  deed: fc.constantFrom('create', 'update', 'touch', 'delete', 'sweep'),
  id: fc.constantFrom('a', 'b', 'c'),
  life: fc.integer({ min: 1, max: 4 * TEN_MINUTES }),
  owner: fc.constantFrom(undefined, 'ada', 'bob'),
  wait: fc.integer({ min: 0, max: 2 * TEN_MINUTES }),
})

it('a sweep takes no live session, and leaves no dead one for more than ten minutes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      let now = NOON
      const database = new DatabaseSync(':memory:')
      const store = sqliteStore(database, { clock: () => now })
      const ends = new Map<string, number>()
      for (const { deed, id, life, owner, wait } of steps) {
        ends.set(id, DEEDS[deed](store, id, now + life, owner) ?? ends.get(id) ?? 0)
        now += wait
        for (const [known, end] of ends) expect(store.get(known) !== null).toBe(end > now)
      }
      store.sweep(9)
      const kept = database.prepare('SELECT id FROM sessions').all() as { id: string }[]
      database.close()
      for (const { id } of kept) expect(ends.get(id)).toBeGreaterThan(now - TEN_MINUTES)
    }),
    { numRuns: 500 },
  )
})
