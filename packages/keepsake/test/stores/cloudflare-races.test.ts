import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../src/index.ts'
import { storeRaces } from '../../src/testing/store-races.ts'
import { startWorker } from './cloudflare-server.ts'

// a call takes a hundred times as long as in the engines of the other stores:
// a thousand rounds keep two cores busy for two minutes
const ROUNDS = process.env.CI ? 1_000 : 50
const STORES = ['d1', 'object'] as const

const races = storeRaces(() => new MemoryStore(), { rounds: ROUNDS }).flatMap(({ name }, race) =>
  STORES.map((store) => [store, name, race] as const),
)

describe.concurrent('in a workerd for each store', () => {
  let folder: string
  let workers: Readonly<Record<(typeof STORES)[number], Miniflare>>

  beforeAll(async () => {
    folder = mkdtempSync(join(fastest(), 'keepsake-races-'))
    const [d1, object] = await Promise.all([
      startWorker(join(folder, 'd1')),
      startWorker(join(folder, 'object')),
    ])
    workers = { d1, object }
  }, 60_000)

  afterAll(async () => {
    await Promise.all(STORES.map((store) => workers[store].dispose()))
    rmSync(folder, { recursive: true })
  })

  it.each(races)(
    'stands on %s: %s',
    async (store, _, race) => {
      const url = `http://localhost/${store}/race?race=${race}&rounds=${ROUNDS}`
      expect(await (await workers[store].dispatchFetch(url)).json()).toBe('stood')
    },
    600_000,
  )
})

/** Each object is a database of its own: on a disk most of the time goes by making those. */
function fastest(): string {
  const memory = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > 2 ** 31 ? memory : tmpdir()
  } catch {
    return tmpdir()
  }
}
