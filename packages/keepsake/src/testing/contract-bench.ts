import type { Store } from '../core/store.ts'

/** What the checks must know of a store; all have defaults. */
export interface ContractOptions {
  /** What the store declares. Without compare-and-set the checks that need it are left out. @default 'strong' */
  readonly consistency?: Store['consistency']
  /** Whether it has `list`. @default true */
  readonly list?: boolean
  /** Whether it has `sweep`. @default false */
  readonly sweep?: boolean
  /** Milliseconds after its end by which `sweep` takes a record at the latest. @default 0 */
  readonly sweepLag?: number
  /** Milliseconds by which the engine may be early or late to expire a record. @default 1 */
  readonly precision?: number
  /** How long the short-lived records of the checks live, in milliseconds. @default 120_000 */
  readonly span?: number
  /**
   * Lets time pass, for an engine that expires records by a clock of its own, such as Redis: then `make` is
   * given `Date.now`. By default a fake clock is moved, and the store must use the clock it is given.
   */
  readonly pass?: (milliseconds: number) => void | Promise<void>
  /** Makes a store whose connection is closed: then every call must reject, or throw. @default not checked */
  readonly closed?: () => Store | Promise<Store>
}

/** Makes a store on the clock it is given. The stores of all checks may share a database. */
export type MakeStore = (clock: () => number) => Store | Promise<Store>

/** What a check works with: the store, and time that it can move. */
export interface Bench {
  readonly store: Store
  readonly options: Required<Omit<ContractOptions, 'pass' | 'closed'>>
  readonly closed?: ContractOptions['closed']
  /** A date so many milliseconds from now. */
  in(milliseconds: number): Date
  pass(milliseconds: number): void | Promise<void>
}

/** A check before it is given a store. */
export interface CheckSpec {
  readonly name: string
  readonly sweeps?: boolean
  readonly closes?: boolean
  readonly run: (bench: Bench) => Promise<void>
}

const DEFAULTS = {
  consistency: 'strong',
  list: true,
  sweep: false,
  sweepLag: 0,
  precision: 1,
  span: 120_000,
} as const

/** A fresh store on a clock of its own. */
export async function bench(make: MakeStore, options: ContractOptions): Promise<Bench> {
  let passed = 0
  const clock = options.pass
    ? Date.now
    : (
        (start) => () =>
          start + passed
      )(Date.now())
  const fake = (milliseconds: number): void => {
    passed += milliseconds
  }
  return {
    store: await make(clock),
    options: { ...DEFAULTS, ...options },
    ...(options.closed && { closed: options.closed }),
    in: (milliseconds) => new Date(clock() + milliseconds),
    pass: options.pass ?? fake,
  }
}
