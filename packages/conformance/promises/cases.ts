import type { Bench, World } from './world.ts'

/** One sentence of a promise, proved in every world it applies to. */
export interface Case {
  readonly name: string
  /** Worlds it applies to. @default all */
  readonly on: (world: World) => boolean
  readonly run: (bench: Bench) => Promise<void>
}

/** One promise of the design. */
export interface Promised {
  readonly number: number
  readonly title: string
  readonly cases: readonly Case[]
  /** Why a world has no case. */
  readonly absent: (world: World) => string | undefined
}

type On = 'sealed' | 'stored' | ((world: World) => boolean)

export function promise(
  number: number,
  title: string,
  cases: readonly Case[],
  absent: (world: World) => string | undefined = () => undefined,
): Promised {
  return { number, title, cases, absent }
}

/** A case for some worlds, or for all. */
export function on(where: On, name: string, run: (bench: Bench) => Promise<void>): Case {
  return { name, run, on: typeof where === 'string' ? (world) => world.backing === where : where }
}

export function everywhere(name: string, run: (bench: Bench) => Promise<void>): Case {
  return { name, run, on: () => true }
}

/** Stored, with signed tokens. */
export const signedTokens = (world: World): boolean => world.backing === 'stored' && world.secrets

/** Stored, with snapshots that answer reads. */
export const withSnapshots = (world: World): boolean => world.cached === true

/** Wherever there are keys. */
export const withSecrets = (world: World): boolean => world.secrets

/** Where seals are JSON Web Tokens. */
export const withTokens = (world: World): boolean => world.jwt === true
