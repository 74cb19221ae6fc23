import type { ManagerOptions, Session, SessionEvent, SessionManager, Store } from 'keepsake'
import type { FakeClock } from 'keepsake/testing'
import { SpyStore } from './spy-store.ts'

/** The library under test: the source, the built package, or one of the two in a bundle. */
export type Library = typeof import('keepsake') &
  Pick<typeof import('keepsake/testing'), 'browser' | 'fakeClock'> &
  typeof import('keepsake/encrypt-at-rest') &
  Pick<typeof import('keepsake/jwt'), 'jwt' | 'generateJwk'>

export type Sessions = SessionManager<Record<string, unknown>, Record<string, string>>
export type Visit = Session<Record<string, unknown>, Record<string, string>>
export type Options = Partial<ManagerOptions<Record<string, unknown>>>

/** A way to keep sessions. Every promise is proved in every world it applies to. */
export interface World {
  readonly name: string
  readonly backing: 'sealed' | 'stored'
  /** Seals need secrets; stored tokens are signed where there are some. */
  readonly secrets: boolean
  /** Seals are signed, not encrypted. */
  readonly signed?: boolean
  /** Seals are JSON Web Tokens. */
  readonly jwt?: boolean
  /** Data and flash are encrypted in the store. */
  readonly atRest?: boolean
  /** Snapshots answer reads. */
  readonly cached?: boolean
  /** Another store than MemoryStore. */
  readonly store?: (now: () => number) => Store | Promise<Store>
  /** The engine makes promises: seals are opened before the first look. */
  readonly early?: boolean
}

/** The worlds that every runtime has. */
export const worlds: readonly World[] = [
  { name: 'sealed', backing: 'sealed', secrets: true },
  { name: 'signed', backing: 'sealed', secrets: true, signed: true },
  { name: 'jwt', backing: 'sealed', secrets: true, jwt: true, early: true },
  { name: 'stored', backing: 'stored', secrets: true },
  { name: 'stored, no secrets', backing: 'stored', secrets: false },
  { name: 'stored, encrypted at rest', backing: 'stored', secrets: true, atRest: true },
  { name: 'cached', backing: 'stored', secrets: true, cached: true },
]

/** One world, fresh, for one case. */
export interface Bench {
  readonly world: World
  readonly lib: Library
  readonly clock: FakeClock
  /** What a stored world keeps records in; notes every call. */
  readonly store: SpyStore
  /** What the managers reported. */
  readonly events: SessionEvent[]
  readonly sealed: boolean
  /** Options of a manager of this world. */
  options(more?: Options): ManagerOptions<Record<string, unknown>>
  make(more?: Options): Sessions
}

/** 32 random bytes each; they guard nothing. */
export const SECRETS = [
  'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3C',
  'm3VbX9eKc7RtZ1uQyWn5aLd8sGf2hJp6oTiUkExNrYB',
  'q8ZkLwM2vHs6Ty0RjNc4bXf9GdPe1uAo7iKtQyWxE5C',
] as const

/** A key of its own for each secret, so that a case about secrets is one about keys. */
function keysOf(secrets: unknown): { kty: string; alg: string; kid: string; k: string }[] {
  const texts = [secrets].flat().filter((it) => typeof it === 'string' && it.length === SECRETS[0].length)
  const known = texts.length > 0 ? new Set(texts as string[]) : [SECRETS[0]]
  return Array.from(known, (it) => {
    const kid = Array.from(it.slice(0, 4), (letter) => letter.charCodeAt(0).toString(16)).join('')
    return { kty: 'oct', alg: 'dir', kid, k: `${it.slice(0, 42)}A` }
  })
}

export async function open(world: World, lib: Library): Promise<Bench> {
  const clock = lib.fakeClock()
  const inner = await (world.store?.(clock.now) ?? new lib.MemoryStore({ clock: clock.now }))
  const store = new SpyStore(inner)
  const events: SessionEvent[] = []
  const options = (more: Options = {}): ManagerOptions<Record<string, unknown>> => {
    const usual = {
      ...(world.secrets && { secrets: SECRETS[0] }),
      ...(world.backing === 'stored' && { store }),
      ...(world.atRest && { encryptAtRest: lib.encryptAtRest() }),
      ...(world.cached && { cache: { maxAge: '1m' as const } }),
      ...(world.jwt && {
        protection: lib.jwt({ issuer: 'https://app.example', keys: keysOf(more.secrets) }),
      }),
      ...(world.signed && { protection: 'sign' as const }),
      clock: clock.now,
      onEvent: (event: SessionEvent) => void events.push(event),
    }
    return { ...usual, ...more } as ManagerOptions<Record<string, unknown>>
  }
  return {
    world,
    lib,
    clock,
    store,
    events,
    sealed: world.backing === 'sealed',
    options,
    make: (more) => new lib.SessionManager(options(more)),
  }
}
