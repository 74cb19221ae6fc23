import { MemoryStore, type Store } from 'keepsake'

/** A store in memory that counts what is asked of it. */
export function counting(): { store: Store; counts: { reads: number; writes: number } } {
  const inner = new MemoryStore()
  const counts = { reads: 0, writes: 0 }
  const written = <Result>(result: Result): Result => {
    counts.writes++
    return result
  }
  const store: Store = {
    consistency: 'strong',
    get(id) {
      counts.reads++
      return inner.get(id)
    },
    create: (...call) => written(inner.create(...call)),
    update: (...call) => written(inner.update(...call)),
    touch: (...call) => written(inner.touch(...call)),
    delete: (id) => written(inner.delete(id)),
    list: (...call) => inner.list(...call),
  }
  return { store, counts }
}
