import type { Store } from '../core/store.ts'

/** A call of a store. */
export interface StoreCall {
  readonly method: 'get' | 'create' | 'update' | 'touch' | 'delete' | 'list' | 'sweep'
  readonly args: readonly unknown[]
}

/** A store whose every call goes through `around`, which decides whether and when `run` does it. */
export function intercept(
  store: Store,
  around: (call: StoreCall, run: () => Promise<unknown>) => Promise<unknown>,
): Store {
  const wrap =
    (method: StoreCall['method']) =>
    (...args: unknown[]): Promise<unknown> => {
      const target = store[method] as (...args: unknown[]) => unknown
      return around({ method, args }, async () => target.apply(store, args))
    }
  const methods: readonly StoreCall['method'][] = [
    'get',
    'create',
    'update',
    'touch',
    'delete',
    'list',
    'sweep',
  ]
  const { consistency, volatile = false, maxValue } = store
  const wrapped = methods
    .filter((method) => store[method] !== undefined)
    .map((method) => [method, wrap(method)])
  return { consistency, volatile, ...(maxValue && { maxValue }), ...Object.fromEntries(wrapped) } as Store
}
