import type { Store } from '../core/store.ts'
import type { CheckSpec } from './contract-bench.ts'
import { freshId, freshIds, freshOwner } from './contract-names.ts'
import { expectSame } from './expect.ts'

const DAY = 86_400_000
const TICKS = '-09AZ_az'

/** The index by owner. */
export const ownerChecks: readonly CheckSpec[] = [
  {
    name: 'lists the records of an owner, and of nobody else',
    async run({ store, in: at }) {
      const [ada, bob] = [freshOwner(), freshOwner()]
      const [first = '', second = ''] = freshIds(2)
      await store.create(first, 'one', at(DAY), ada)
      await store.create(second, '\0\ud800', at(DAY), ada)
      await store.create(freshId(), 'x', at(DAY), bob)
      await store.create(freshId(), 'x', at(DAY))
      expectSame(
        await store.list?.(ada, 10),
        [
          { id: first, value: 'one', version: 1, expires: at(DAY) },
          { id: second, value: '\0\ud800', version: 1, expires: at(DAY) },
        ],
        'list',
      )
      expectSame(await listed(store, freshOwner()), [], 'a stranger')
    },
  },
  {
    name: 'lists in ascending order of bytes, page by page',
    async run({ store, in: at }) {
      const owner = freshOwner()
      const ids = [...TICKS].map((first) => first + freshId().slice(1))
      for (const id of [...ids].reverse()) await store.create(id, id, at(DAY), owner)
      expectSame(await listed(store, owner, 3), ids.slice(0, 3), 'first page')
      expectSame(await listed(store, owner, 3, ids[2]), ids.slice(3, 6), 'second page')
      expectSame(await listed(store, owner, 3, ids[5]), ids.slice(6), 'last page')
      expectSame(await listed(store, owner, 3, ids.at(-1)), [], 'after the last')
      expectSame(
        await listed(store, owner, 2, `${ids[3]}0`),
        ids.slice(4, 6),
        'after an id that is not there',
      )
    },
  },
  {
    name: 'moves a record to the owner that update names',
    async run({ store, in: at }) {
      const [id, ada, bob] = [freshId(), freshOwner(), freshOwner()]
      await store.create(id, 'one', at(DAY))
      await store.update(id, 'two', at(DAY), 1, ada)
      expectSame(await listed(store, ada), [id], 'owned')
      await store.update(id, 'three', at(DAY), 2, ada)
      expectSame(await listed(store, ada), [id], 'still owned')
      await store.update(id, 'four', at(DAY), 3, bob)
      expectSame([await listed(store, ada), await listed(store, bob)], [[], [id]], 'moved')
      await store.update(id, 'five', at(DAY), 4)
      expectSame([await listed(store, ada), await listed(store, bob)], [[], []], 'disowned')
      expectSame((await store.get(id))?.value, 'five', 'value')
    },
  },
  {
    name: 'keeps the owner through touch and a refused create, update or touch',
    async run({ store, in: at }) {
      const [id, ada, bob] = [freshId(), freshOwner(), freshOwner()]
      await store.create(id, 'one', at(DAY), ada)
      await store.touch(id, at(2 * DAY), 1)
      if (store.consistency === 'strong') {
        await store.create(id, 'two', at(DAY), bob)
        await store.update(id, 'two', at(DAY), 7, bob)
        await store.touch(id, at(DAY), 7)
      }
      await store.update(freshId(), 'x', at(DAY), 1, bob)
      expectSame([await listed(store, ada), await listed(store, bob)], [[id], []], 'owners')
      expectSame((await store.list?.(ada, 1))?.[0]?.expires, at(2 * DAY), 'expiry')
    },
  },
  {
    name: 'lists neither what was deleted nor what expired, nor lets them fill a page',
    async run({ store, options: { span }, in: at, pass }) {
      const owner = freshOwner()
      const ids = freshIds(6)
      for (const [i, id] of ids.entries()) await store.create(id, id, at(i % 2 ? span * 4 : span), owner)
      await store.delete(ids[1] ?? '')
      await pass(span)
      expectSame(await listed(store, owner, 2), [ids[3], ids[5]], 'list')
    },
  },
  {
    name: 'forgets the former owner of an id that expired and was created again',
    async run({ store, options: { span }, in: at, pass }) {
      const [id, ada, bob] = [freshId(), freshOwner(), freshOwner()]
      await store.create(id, 'one', at(span), ada)
      await pass(span)
      await store.create(id, 'two', at(span), bob)
      expectSame([await listed(store, ada), await listed(store, bob)], [[], [id]], 'owners')
    },
  },
]

async function listed(store: Store, owner: string, limit = 10, after?: string): Promise<string[]> {
  const records = await store.list?.(owner, limit, after)
  return (records ?? []).map(({ id }) => id)
}
