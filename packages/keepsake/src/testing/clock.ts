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

const back = { by: 0, asked: false }

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
    now: () => {
      back.asked = true
      return time - back.by
    },
    advance: (duration) => {
      time += milliseconds('advance', duration)
    },
    set: (moment) => {
      time = moment
    },
  }
}

/** Runs while every fake clock is slow by this much. @throws {TypeError} when none was asked: the manager has a real one. */
export async function earlier<T>(age: Duration, run: () => Promise<T>): Promise<T> {
  back.by = milliseconds('age', age)
  back.asked = false
  try {
    const done = await run()
    if (back.asked) return done
  } finally {
    back.by = 0
  }
  throw new TypeError('age: time can be turned back only for a manager with the clock of fakeClock()')
}
