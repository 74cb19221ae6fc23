/** Something that can be tried again from its beginning, one step after the other. */
export interface Model {
  /** What is possible now, in an order that repeats itself. */
  steps(): Promise<readonly Step[]>
  /** Two states of one key have the same future. */
  key(): Promise<string>
  /** What must not be. */
  wrong(): Promise<string | undefined>
  close(): Promise<void>
}

export interface Step {
  readonly label: string
  go(): void | Promise<void>
}

/** How many states there are, and the way to the first that is wrong. */
export interface Explored {
  readonly states: number
  readonly wrong: string | undefined
}

const MOST = 60_000

/** Visits every state that can be reached, by doing the way there again from the beginning. */
export async function exploreStates(begin: () => Promise<Model>): Promise<Explored> {
  const seen = new Set<string>()
  const open: number[][] = [[]]
  for (let way = open.pop(); way; way = open.pop()) {
    const wrong = await follow(await begin(), way, seen, open)
    if (wrong) return { states: seen.size, wrong }
    if (seen.size > MOST) throw new Error(`More than ${MOST} states.`)
  }
  return { states: seen.size, wrong: undefined }
}

/** Does a way again, then goes on by the first step of every new state, and leaves the other steps for later. */
async function follow(
  model: Model,
  way: readonly number[],
  seen: Set<string>,
  open: number[][],
): Promise<string | undefined> {
  const labels: string[] = []
  const take = async (step: Step | undefined): Promise<void> => {
    labels.push(step?.label ?? 'nothing')
    await step?.go()
  }
  try {
    for (const choice of way) await take((await model.steps())[choice])
    for (const path = [...way]; ; path.push(0)) {
      const key = await model.key()
      if (seen.has(key)) return undefined
      seen.add(key)
      const wrong = await model.wrong()
      if (wrong) return `${wrong}: ${labels.join(' · ')}`
      const steps = await model.steps()
      for (let other = 1; other < steps.length; other++) open.push([...path, other])
      if (steps.length === 0) return undefined
      await take(steps[0])
    }
  } finally {
    await model.close()
  }
}
