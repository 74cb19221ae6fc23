import type { CheckSpec } from './contract-bench.ts'
import { freshId, freshOwner } from './contract-names.ts'
import { expectSame } from './expect.ts'

const DAY = 86_400_000
const RIVALS = 10

/** What needs compare-and-set. */
export const versionChecks: readonly CheckSpec[] = [
  {
    name: 'refuses to create an id that lives, and leaves it alone',
    async run({ store, in: at }) {
      const [id, expires] = [freshId(), at(DAY)]
      await store.create(id, 'one', expires)
      expectSame(await store.create(id, 'two', at(2 * DAY), freshOwner()), false, 'create')
      expectSame(await store.get(id), { value: 'one', version: 1, expires }, 'get')
    },
  },
  {
    name: 'updates only the version it is given',
    async run({ store, in: at }) {
      const [id, expires] = [freshId(), at(DAY)]
      await store.create(id, 'one', expires)
      await store.update(id, 'two', expires, 1)
      for (const version of [0, 1, 3])
        expectSame(await store.update(id, 'x', at(9 * DAY), version), false, 'update')
      expectSame(await store.get(id), { value: 'two', version: 2, expires }, 'get')
    },
  },
  {
    name: 'touches only the version it is given',
    async run({ store, in: at }) {
      const [id, expires] = [freshId(), at(DAY)]
      await store.create(id, 'one', expires)
      await store.update(id, 'two', expires, 1)
      for (const version of [0, 1, 3]) expectSame(await store.touch(id, at(9 * DAY), version), false, 'touch')
      expectSame(await store.get(id), { value: 'two', version: 2, expires }, 'get')
    },
  },
  {
    name: 'lets exactly one of many creators win',
    async run({ store, in: at }) {
      const id = freshId()
      const won = await race((rival) => store.create(id, `rival ${rival}`, at(DAY)))
      expectSame(won.length, 1, 'winners')
      expectSame((await store.get(id))?.value, `rival ${won[0]}`, 'value')
    },
  },
  {
    name: 'lets exactly one of many writers win',
    async run({ store, in: at }) {
      const id = freshId()
      await store.create(id, 'one', at(DAY))
      const won = await race((rival) => store.update(id, `rival ${rival}`, at(DAY), 1))
      expectSame(won.length, 1, 'winners')
      expectSame(await store.get(id), { value: `rival ${won[0]}`, version: 2, expires: at(DAY) }, 'get')
    },
  },
  {
    name: 'loses no update to touches that run beside it',
    async run({ store, in: at }) {
      const id = freshId()
      await store.create(id, 'one', at(DAY))
      const touches = Array.from({ length: RIVALS }, (_, i) => store.touch(id, at(DAY + i), 1))
      const updated = store.update(id, 'two', at(DAY), 1)
      await Promise.all(touches)
      expectSame(await updated, true, 'update')
      expectSame((await store.get(id))?.value, 'two', 'value')
    },
  },
]

async function race(attempt: (rival: number) => boolean | Promise<boolean>): Promise<number[]> {
  const results = await Promise.all(Array.from({ length: RIVALS }, (_, rival) => attempt(rival)))
  return results.flatMap((won, rival) => (won ? [rival] : []))
}
