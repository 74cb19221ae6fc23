/** Answers "which of so many?". */
export type Choose = (options: number) => number

/** Does `run` once for every way of answering its questions, depth first; says how many there were. */
export async function everyChoice(run: (choose: Choose) => Promise<void>): Promise<number> {
  const path: number[] = []
  for (let count = 1; ; count++) {
    const widths: number[] = []
    await run((options) => {
      const depth = widths.push(options) - 1
      path[depth] ??= 0
      return path[depth]
    })
    path.length = widths.length
    while (path.length > 0 && (path.at(-1) ?? 0) + 1 >= (widths[path.length - 1] ?? 0)) path.pop()
    const last = path.pop()
    if (last === undefined) return count
    path.push(last + 1)
  }
}

/** Answers by chance that the seed repeats. */
export function seeded(seed: number): Choose {
  let state = Math.imul(seed, 0x9e3779b1) | 0
  return (options) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % options
  }
}
