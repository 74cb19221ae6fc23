import type { Case, Promised } from './cases.ts'
import { type Library, open, type World } from './world.ts'

/** What became of one promise in one world. */
export interface Proof {
  readonly promise: number
  readonly world: string
  readonly passed: number
  /** The cases that failed, and how. */
  readonly failed: readonly string[]
  /** Why there was none. */
  readonly absent?: string
}

/** Cases of a promise that apply to a world. */
export function casesOf(promised: Promised, world: World): readonly Case[] {
  return promised.cases.filter((it) => it.on(world))
}

/** Runs the cases of one promise in one world, one after the other. */
export async function prove(promised: Promised, world: World, lib: Library): Promise<Proof> {
  const failed: string[] = []
  const cases = casesOf(promised, world)
  for (const { name, run } of cases) {
    try {
      await run(await open(world, lib))
    } catch (error) {
      failed.push(`P${promised.number} ${name} [${world.name}]: ${error}`)
    }
  }
  const absent = cases.length === 0 ? promised.absent(world) : undefined
  return {
    promise: promised.number,
    world: world.name,
    passed: cases.length - failed.length,
    failed,
    ...(absent !== undefined && { absent }),
  }
}
