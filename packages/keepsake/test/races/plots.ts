import { type Equipment, Laboratory } from './laboratory.ts'
import { LineModel, type Plot } from './line-model.ts'
import { OPS, type Op } from './requests.ts'
import { exploreStates } from './states.ts'

/** The kind of request of this name, so many times. */
export function times(count: number, name: string): Op[] {
  return Array.from({ length: count }, () => OPS.find((op) => op.name === name) as Op)
}

/** A laboratory where nothing is renewed, only rotated. */
export function quiet(options: Equipment['options'] = {}): Laboratory {
  return new Laboratory(true, { options: { renewAfter: '3d', ...options } })
}

/** Visits all states of a plot, prints how many, and returns the way to the first that is wrong. */
export async function explore(name: string, lab: Laboratory, plot: Plot): Promise<string | undefined> {
  const { states, wrong } = await exploreStates(() => LineModel.begin(lab, plot))
  console.info(`${name}: ${states} states${wrong ? `, found: ${wrong.split(':')[0]}` : ''}`)
  return wrong
}

/** Somebody showed a token that rotation had retired. */
export function reuse({ world }: LineModel): boolean {
  return world.bench.events.some(({ type }) => type === 'reused')
}

/** Whether a token opens the session now. */
export async function isIn({ world }: LineModel, token: string | undefined): Promise<boolean> {
  return token !== undefined && (await world.opens(token)) !== undefined
}

/** The browser's token opens the session, and nobody is taken for a thief. */
export async function lockedOut(model: LineModel): Promise<string | undefined> {
  if (reuse(model)) return 'a false alarm'
  return (await isIn(model, model.tokens.browser)) ? undefined : 'the browser is locked out'
}
