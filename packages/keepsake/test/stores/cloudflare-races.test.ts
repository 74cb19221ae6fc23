import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../src/index.ts'
import { storeRaces } from '../../src/testing/store-races.ts'
import { startWorker } from './cloudflare-server.ts'

// by far the slowest engines of all: a thousand rounds keep two cores busy for a minute and a half
const ROUNDS = process.env.CI ? 1_000 : 50
const CORES = 2
const STORES = ['d1', 'object'] as const

const races = storeRaces(() => new MemoryStore(), { rounds: ROUNDS }).flatMap(({ name }, race) =>
  STORES.map((store) => [store, name, race] as const),
)

describe.concurrent('in workerd', () => {
  let folder: string
  let workers: readonly Miniflare[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(fastest(), 'keepsake-races-'))
    const folders = Array.from({ length: CORES }, (_, core) => join(folder, String(core)))
    workers = await Promise.all(folders.map(startWorker))
  }, 60_000)

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.dispose()))
    rmSync(folder, { recursive: true })
  })

  it.each(races)(
    'stands on %s: %s',
    async (store, _, race) => {
      const url = `http://localhost/${store}/race?race=${race}&rounds=${ROUNDS}`
      const response = await workers[race % CORES]?.dispatchFetch(url)
      expect(await response?.json()).toBe('stood')
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
