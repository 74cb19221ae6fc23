import type { Store } from '../core/store.ts'
import { intercept, type StoreCall } from './intercept.ts'

/**
 * What goes wrong with a call: it throws, or hangs until released, before anything was done or after it was:
 * then the store has it and the caller does not know.
 */
export type Fault = 'throw' | 'throw-after' | 'hang' | 'hang-after'

/** Decides what goes wrong with a call; nothing by default. `count` is the number of calls before it. */
export type FaultPlan = (call: StoreCall & { readonly count: number }) => Fault | undefined

/** A store that fails by plan. */
export interface FaultyStore extends Store {
  /** Lets the calls that hang go on. */
  release(): void
}

/**
 * A store that fails when `plan` says so.
 *
 * ```ts
 * const store = faultyStore(new MemoryStore(), ({ method }) => (method === 'update' ? 'throw-after' : undefined))
 * ```
 */
export function faultyStore(store: Store, plan: FaultPlan): FaultyStore {
  let count = 0
  let hanging: (() => void)[] = []
  const hang = (): Promise<void> => new Promise((resolve) => hanging.push(resolve))
  const faulty = intercept(store, async (call, run) => {
    const fault = plan({ ...call, count: count++ })
    if (fault === 'throw') throw down(call)
    if (fault === 'hang') await hang()
    const answer = await run()
    if (fault === 'throw-after') throw down(call)
    if (fault === 'hang-after') await hang()
    return answer
  })
  const release = (): void => {
    const calls = hanging
    hanging = []
    for (const resume of calls) resume()
  }
  return { ...faulty, release }
}

function down({ method }: StoreCall): Error {
  return new Error(`the store is down, by plan, at ${method}`)
}
