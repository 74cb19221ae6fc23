import type { ManagerOptions, Session, SessionEvent, SessionManager, Store } from 'keepsake'
import type { FakeClock } from 'keepsake/testing'
import { SpyStore } from './spy-store.ts'

/** The library under test: the source, the built package, or one of the two in a bundle. */
export type Library = typeof import('keepsake') &
  Pick<typeof import('keepsake/testing'), 'browser' | 'fakeClock'> &
  typeof import('keepsake/encrypt-at-rest')

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
