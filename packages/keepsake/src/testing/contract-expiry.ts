import type { CheckSpec } from './contract-bench.ts'
import { freshId } from './contract-names.ts'
import { expectSame } from './expect.ts'

/** From its expiry on a record is gone. */
export const expiryChecks: readonly CheckSpec[] = [
  {
    name: 'serves a record until it expires, and not from then on',
    async run({ store, options: { span, precision }, in: at, pass }) {
      const id = freshId()
      await store.create(id, 'one', at(span))
      await pass(span - precision)
      expectSame((await store.get(id))?.value, 'one', 'just before')
      await pass(precision)
      expectSame(await store.get(id), null, 'at expiry')
    },
  },
  {
    name: 'neither updates nor touches a record that expired',
    async run({ store, options: { span }, in: at, pass }) {
      const id = freshId()
      await store.create(id, 'one', at(span))
      await pass(span)
      expectSame(await store.update(id, 'two', at(span), 1), false, 'update')
      expectSame(await store.touch(id, at(span), 1), false, 'touch')
      await store.delete(id)
      expectSame(await store.get(id), null, 'get')
    },
  },
  {
    name: 'creates an id again once it expired, from version 1',
    async run({ store, options: { span }, in: at, pass }) {
      const id = freshId()
      await store.create(id, 'one', at(span))
      await store.update(id, 'two', at(span), 1)
      await pass(span)
      expectSame(await store.create(id, 'three', at(span)), true, 'create')
      const record = await store.get(id)
      expectSame([record?.value, record?.version], ['three', 1], 'get')
    },
  },
  {
    name: 'expires later after a touch or update, and earlier where they say so',
    async run({ store, options: { span }, in: at, pass }) {
      const [touched, updated, shortened] = [freshId(), freshId(), freshId()]
      for (const id of [touched, updated, shortened]) await store.create(id, 'one', at(span))
      await store.touch(touched, at(span * 3), 1)
      await store.update(updated, 'two', at(span * 3), 1)
      await store.touch(shortened, at(span / 2), 1)
      await pass(span / 2)
      expectSame(await store.get(shortened), null, 'shortened')
      await pass(span)
      expectSame((await store.get(touched))?.value, 'one', 'touched')
      expectSame((await store.get(updated))?.value, 'two', 'updated')
      await pass(span * 1.5)
      expectSame([await store.get(touched), await store.get(updated)], [null, null], 'in the end')
    },
  },
  {
    name: 'sweeps expired records alone, at most so many at a time',
    sweeps: true,
    async run({ store, options: { span, sweepLag }, in: at, pass }) {
      const live = freshId()
      for (let i = 0; i < 5; i++) await store.create(freshId(), 'one', at(span))
      await store.create(live, 'one', at(span * 2 + sweepLag))
      await pass(span + sweepLag)
      const counts: number[] = []
      while (counts.at(-1) !== 0) counts.push((await store.sweep?.(2)) ?? 0)
      expectSame(Math.max(...counts), 2, 'most at a time')
      expectSame(counts.reduce((sum, count) => sum + count) >= 5, true, `all of ${counts}`)
      expectSame((await store.get(live))?.value, 'one', 'the live one')
    },
  },
]
