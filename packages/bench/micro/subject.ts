import type { Data } from './data.ts'

type Awaitable<T> = T | Promise<T>

/** What is done in a request, its input made outside of the measured time. */
export interface Step<Input> {
  prepare(): Awaitable<Input>
  work(input: Input): Awaitable<unknown>
}

/** One library at work on one session. */
export interface AtWork {
  /** From a request with four cookies to the data. Must return it. */
  readonly load: Step<never>
  /** From a session that was loaded and changed to the Set-Cookie values. Must return them. */
  readonly save: Step<never>
}

/** A way to keep a session in a cookie. */
export interface Subject {
  readonly name: string
  readonly kind: 'limit' | 'keepsake' | 'peer'
  start(data: Data): Promise<AtWork>
}

/** Ties the two steps' inputs without naming them. */
export function steps<Loading, Saving>(load: Step<Loading>, save: Step<Saving>): AtWork {
  return { load: load as Step<never>, save: save as Step<never> }
}
