import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, it } from 'vitest'
import { MemoryStore } from '../../src/index.ts'
import { sqliteStore } from '../../src/sqlite.ts'
import { SECRETS } from '../core/kit.ts'
import { expectFull, LIMIT, limited, raceLogins } from './limit-race.ts'

const folder = mkdtempSync(join(tmpdir(), 'keepsake-'))
afterAll(() => rmSync(folder, { recursive: true }))

function logIn(path: string, times: number): Promise<string[]> {
  const workerData = { path, times, secrets: SECRETS[0], maxSessions: LIMIT, owner: 'ada' }
  const worker = new Worker(new URL('./sqlite-logins.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
}

describe('an owner has no more sessions than maxSessions, however many log in at once', () => {
  it('in memory', () => raceLogins([new MemoryStore()]))

  it('through three connections to one SQLite file', async () => {
    const stores = [1, 2, 3].map(() => sqliteStore(join(folder, 'connections.db')))
    await raceLogins(stores)
    for (const store of stores) store.close()
  })

  it('in three threads on one SQLite file', async () => {
    const path = join(folder, 'threads.db')
    const store = sqliteStore(path)
    const cookies = await Promise.all([1, 2, 3].map(() => logIn(path, 40)))
    await expectFull(limited(store), 'ada', cookies.flat())
    store.close()
  }, 60_000)
})
