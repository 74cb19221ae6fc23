import { vi } from 'vitest'
import { type Library, SECRETS, type World, worlds } from '../../../conformance/promises/world.ts'
import { sqliteStore } from '../../src/sqlite.ts'

/** A world and the library it is made with. */
export interface Setting {
  readonly world: World
  readonly lib: Library
}

/** Every world with each engine, and the stored one on SQLite. */
export async function settings(): Promise<Setting[]> {
  const native = await library()
  const web = await withoutNodeCrypto(library)
  const sqlite: World = {
    name: 'SQLite',
    backing: 'stored',
    secrets: true,
    store: (clock) => sqliteStore(':memory:', { clock }),
  }
  return [
    ...[...worlds, sqlite].map((world) => ({ world, lib: native })),
    ...worlds
      .filter(({ secrets }) => secrets)
      .map((world) => ({ world: { ...world, name: `${world.name}, WebCrypto`, early: true }, lib: web })),
  ]
}

/** A fresh copy of the library that has chosen its engine. The types of the built package stand for those of its source. */
async function library(): Promise<Library> {
  vi.resetModules()
  const core = await import('../../src/index.ts')
  const testing = await import('../../src/testing.ts')
  const jwt = await import('../../src/jwt.ts')
  const atRest = await import('../../src/encrypt-at-rest.ts')
  new core.SessionManager({ secrets: SECRETS[0] })
  return { ...core, ...testing, ...atRest, ...jwt } as unknown as Library
}

async function withoutNodeCrypto<T>(run: () => Promise<T>): Promise<T> {
  const known = process.getBuiltinModule
  const hidden = vi
    .spyOn(process, 'getBuiltinModule')
    .mockImplementation((name: string) => (name === 'node:crypto' ? undefined : known(name)) as never)
  try {
    return await run()
  } finally {
    hidden.mockRestore()
  }
}
