/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** Whether this must be waited for; by its `then`, because a test runner's realm has another `Promise`. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** Does `next` with the value: at once when it is there, so that no promise is made, else when it comes. */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** Does `work`, and `recover` with whatever it throws or rejects with. */
export function rescue<T>(work: () => Awaitable<T>, recover: (error: unknown) => Awaitable<T>): Awaitable<T> {
  try {
    const result = work()
    return isPromise(result) ? result.then(undefined, recover) : result
  } catch (error) {
    return recover(error)
  }
}

/** All of them, waited for together only if one must be. */
export function all<T>(values: readonly Awaitable<T>[]): Awaitable<readonly T[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as readonly T[])
}
