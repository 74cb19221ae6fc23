import type { CheckSpec } from './contract-bench.ts'
import { freshId } from './contract-names.ts'
import { expectSame } from './expect.ts'

const DAY = 86_400_000

/** What every store promises, eventual ones too. */
export const recordChecks: readonly CheckSpec[] = [
  {
    name: 'declares the consistency it was tested for',
    async run({ store, options }) {
      expectSame(store.consistency, options.consistency, 'consistency')
      expectSame(typeof store.list, options.list ? 'function' : 'undefined', 'list')
      expectSame(typeof store.sweep, options.sweep ? 'function' : 'undefined', 'sweep')
    },
  },
  {
    name: 'answers null for an id it never saw',
    async run({ store }) {
      expectSame(await store.get(freshId()), null, 'get')
    },
  },
  {
    name: 'gives back what was created, with version 1 and its expiry to the millisecond',
    async run({ store, in: at }) {
      const [id, expires] = [freshId(), at(DAY + 1)]
      expectSame(await store.create(id, 'one', expires), true, 'create')
      expectSame(await store.get(id), { value: 'one', version: 1, expires }, 'get')
    },
  },
  {
    name: 'replaces value and expiry by update, and counts the version',
    async run({ store, in: at }) {
      const id = freshId()
      await store.create(id, 'one', at(DAY))
      expectSame(await store.update(id, 'two', at(2 * DAY), 1), true, 'first update')
      expectSame(await store.update(id, 'three', at(3 * DAY), 2), true, 'second update')
      expectSame(await store.get(id), { value: 'three', version: 3, expires: at(3 * DAY) }, 'get')
    },
  },
  {
    name: 'never creates by update',
    async run({ store, in: at }) {
      const id = freshId()
      for (const version of [0, 1]) expectSame(await store.update(id, 'x', at(DAY), version), false, 'update')
      expectSame(await store.get(id), null, 'get')
    },
  },
  {
    name: 'never creates by touch',
    async run({ store, in: at }) {
      const id = freshId()
      for (const version of [0, 1]) expectSame(await store.touch(id, at(DAY), version), false, 'touch')
      expectSame(await store.get(id), null, 'get')
    },
  },
  {
    name: 'touches the expiry alone',
    async run({ store, in: at }) {
      const id = freshId()
      await store.create(id, 'one', at(DAY))
      expectSame(await store.touch(id, at(2 * DAY), 1), true, 'touch')
      expectSame(await store.get(id), { value: 'one', version: 1, expires: at(2 * DAY) }, 'get')
    },
  },
  {
    name: 'deletes, also what is not there, and nothing brings it back',
    async run({ store, in: at }) {
      const id = freshId()
      await store.delete(id)
      await store.create(id, 'one', at(DAY))
      await store.delete(id)
      await store.delete(id)
      expectSame(await store.get(id), null, 'get')
      expectSame(await store.update(id, 'two', at(DAY), 1), false, 'update')
      expectSame(await store.touch(id, at(DAY), 1), false, 'touch')
      expectSame(await store.get(id), null, 'get again')
    },
  },
  {
    name: 'answers nothing once its connection is closed',
    closes: true,
    async run({ closed, in: at }) {
      const [store, id] = [await closed?.(), freshId()]
      const calls: Record<string, () => unknown> = {
        get: () => store?.get(id),
        create: () => store?.create(id, 'x', at(DAY)),
        update: () => store?.update(id, 'x', at(DAY), 1),
        touch: () => store?.touch(id, at(DAY), 1),
        delete: () => store?.delete(id),
      }
      for (const [name, call] of Object.entries(calls)) expectSame(await failure(call), 'failed', name)
    },
  },
]

async function failure(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch {
    return 'failed'
  }
}
