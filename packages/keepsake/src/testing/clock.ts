import { type Duration, milliseconds } from '../core/duration.ts'

/** A clock that stands still until it is told to move. */
export interface FakeClock {
  /** Milliseconds since the epoch; give it as it is: `new SessionManager({ clock: clock.now, … })`. */
  readonly now: () => number
  /** Lets time pass: seconds, or `'90s'`, `'30m'`, `'12h'`, `'30d'`. */
  advance(duration: Duration): void
  /** Jumps to a moment, backwards too. */
  set(milliseconds: number): void
}

/**
 * A clock for tests.
 *
 * ```ts
 * const clock = fakeClock()
 * clock.advance('31d')
 * ```
 */
export function fakeClock(start: number = Date.UTC(2030, 0, 1)): FakeClock {
  let time = start
  return {
    now: () => time,
    advance: (duration) => {
      time += milliseconds('advance', duration)
    },
    set: (moment) => {
      time = moment
    },
  }
}
