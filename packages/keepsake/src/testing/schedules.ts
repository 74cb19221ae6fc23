import type { GatedStore, HeldCall } from './gated-store.ts'

/** A request under way, whose store calls all go through a gate of its own. */
export interface Actor {
  readonly gate: Pick<GatedStore, 'next'>
  /** Settles when the request is over. */
  readonly done: Promise<unknown>
}

/** Which of so many may go on: a number from 0 up to but not including `count`. */
export type Choose = (count: number) => number

/**
 * Runs requests side by side, one store call at a time, until all are over. Whenever each of them either waits at its
 * gate or is over, `choose` says which of those that wait goes on. Answers the order, as the actors' positions.
 */
export async function interleave(actors: readonly Actor[], choose: Choose): Promise<number[]> {
  const held = await Promise.all(actors.map(nextOf))
  const order: number[] = []
  for (;;) {
    const waiting = held.flatMap((call, actor) => (call ? [actor] : []))
    const chosen = waiting.length > 0 ? waiting[choose(waiting.length)] : undefined
    const actor = chosen === undefined ? undefined : actors[chosen]
    if (chosen === undefined || actor === undefined) return order
    order.push(chosen)
    await held[chosen]?.release()
    held[chosen] = await nextOf(actor)
  }
}

function nextOf({ gate, done }: Actor): Promise<HeldCall | undefined> {
  return Promise.race([gate.next(), over(done)])
}

function over(done: Promise<unknown>): Promise<undefined> {
  return done.then(
    () => undefined,
    () => undefined,
  )
}

/**
 * Runs a test once for every way its choices can fall, and answers how many there were.
 *
 * ```ts
 * const count = await everySchedule(async (choose) => {
 *   const actors = start() // the same each time
 *   await interleave(actors, choose)
 *   check()
 * })
 * ```
 */
export async function everySchedule(test: (choose: Choose) => Promise<void>): Promise<number> {
  const path: number[] = []
  for (let runs = 1; ; runs++) {
    const counts: number[] = []
    await test((count) => {
      const choice = path[counts.length] ?? 0
      path[counts.length] = choice
      counts.push(count)
      return choice
    })
    if (!advance(path, counts)) return runs
  }
}

/** To the next path in order, as an odometer whose wheels have `counts` digits; `false` after the last. */
function advance(path: number[], counts: readonly number[]): boolean {
  while (path.length > 0) {
    const choice = (path.pop() ?? 0) + 1
    if (choice < (counts[path.length] ?? 0)) return path.push(choice) > 0
  }
  return false
}

/** Choices that look random and are the same for the same seed. */
export function seededChoices(seed: number): Choose {
  let state = seed | 0
  return (count) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count
  }
}
