import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it, onTestFinished } from 'vitest'
import { sqliteStore } from '../../src/sqlite.ts'
import { strikeMidway } from './fault-suite.ts'
import { app } from './manager-suite.ts'

it('P27: a disk that is full while visitors count', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-full-'))
  const database = new DatabaseSync(join(folder, 'sessions.db'))
  const end = (): void => {
    database.close()
    rmSync(folder, { recursive: true })
  }
  onTestFinished(end)
  await strikeMidway('SQLite, node:sqlite', app(sqliteStore(database), end), {
    name: 'a full disk (`max_page_count`)',
    // SQLite takes what there is for the least
    strike: () => database.exec('PRAGMA max_page_count = 1'),
    heal: () => database.exec('PRAGMA max_page_count = 1000000'),
  })
})
