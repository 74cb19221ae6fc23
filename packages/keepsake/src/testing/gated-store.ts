import type { Store } from '../core/store.ts'
import { intercept, type StoreCall } from './intercept.ts'

/** A store call that waits for the test. */
export interface HeldCall extends StoreCall {
  /** Does it, and keeps the answer back: a response that is on its way. */
  run(): Promise<void>
  /** Lets the caller have the answer; does it first if {@link HeldCall.run} has not. */
  release(): Promise<void>
  /** Lets the caller have an error instead. What was done stays done. */
  fail(error: Error): void
}

/** A store on which every call waits, before it is done, until the test takes it by `next`. */
export interface GatedStore extends Store {
  /** The next call, in the order they were made; waits for one if there is none. */
  next(): Promise<HeldCall>
}

/**
 * Lets a test decide when each call of a store is done and when it is answered.
 *
 * ```ts
 * const gate = gatedStore(store)
 * const request = visit(new SessionManager({ store: gate }))
 * const read = await gate.next()
 * await read.run() // it has read …
 * await store.delete(id) // … when another logs out …
 * await read.release() // … and only now hears what it read
 * ```
 * For several requests at once give each a gate of its own on one store, and see {@link interleave}.
 */
export function gatedStore(store: Store): GatedStore {
  const calls: HeldCall[] = []
  const takers: ((call: HeldCall) => void)[] = []
  const held = intercept(store, (call, run) => {
    const { promise, resolve, reject } = withResolvers()
    const held = hold(call, run, resolve, reject)
    const taker = takers.shift()
    if (taker) taker(held)
    else calls.push(held)
    return promise
  })
  const next = (): Promise<HeldCall> => {
    const call = calls.shift()
    return call ? Promise.resolve(call) : new Promise((resolve) => takers.push(resolve))
  }
  return { ...held, next }
}

function hold(
  call: StoreCall,
  run: () => Promise<unknown>,
  resolve: (answer: Promise<unknown>) => void,
  fail: (error: Error) => void,
): HeldCall {
  let answer: Promise<unknown> | undefined
  const settled = async (): Promise<void> => {
    answer ??= run()
    await answer.catch(() => undefined)
  }
  const release = async (): Promise<void> => {
    await settled()
    if (answer) resolve(answer)
  }
  return { ...call, run: settled, release, fail }
}

interface Resolvers {
  readonly promise: Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

function withResolvers(): Resolvers {
  let resolve: Resolvers['resolve'] = () => undefined
  let reject: Resolvers['reject'] = () => undefined
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
