import * as core from 'keepsake'
import { encryptAtRest } from 'keepsake/encrypt-at-rest'
import { generateJwk, jwt } from 'keepsake/jwt'
import { browser, fakeClock } from 'keepsake/testing'
import { promises } from '../promises/index.ts'
import { type Proof, prove } from '../promises/prove.ts'
import { type Library, type World, worlds } from '../promises/world.ts'

/** The built package, as this runtime resolves it. */
const library: Library = { ...core, browser, fakeClock, encryptAtRest, generateJwk, jwt }

/** The worlds that every runtime has; `early` where cryptography makes promises. */
export function usualWorlds({ early = false }: { readonly early?: boolean } = {}): World[] {
  return worlds.map((world) => ({ ...world, early: early || world.early === true }))
}

/** The numbers of all promises. */
export const numbers: readonly number[] = promises.map(({ number }) => number)

export function proveOne(number: number, world: World): Promise<Proof> {
  const promised = promises.find((it) => it.number === number)
  if (!promised) throw new RangeError(`There is no promise ${number}.`)
  return prove(promised, world, library)
}

/** Proves every promise in every one of these worlds, and prints each proof on a line of its own. */
export async function proveAll(worlds: readonly World[]): Promise<void> {
  for (const world of worlds) {
    for (const number of numbers) console.log(JSON.stringify(await proveOne(number, world)))
  }
}
