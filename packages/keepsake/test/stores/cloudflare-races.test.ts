import type { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../src/index.ts'
import { storeRaces } from '../../src/testing/store-races.ts'
import { startWorker } from './cloudflare-server.ts'

// Miniflare takes a hundred times as long for a call as the engines of the other stores: minutes for each race
const ROUNDS = process.env.CI ? 250 : 50
const races = storeRaces(() => new MemoryStore(), { rounds: ROUNDS })

describe.each(['d1', 'object'])('%s in workerd', (store) => {
  let miniflare: Miniflare
  beforeAll(async () => {
    miniflare = await startWorker()
  }, 60_000)
  afterAll(() => miniflare.dispose())

  it.each(races.map(({ name }, race) => [name, race]))(
    'stands: %s',
    async (_, race) => {
      const url = `http://localhost/${store}/race?race=${race}&rounds=${ROUNDS}`
      expect(await (await miniflare.dispatchFetch(url)).json()).toBe('stood')
    },
    600_000,
  )
})
