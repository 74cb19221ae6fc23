import { existsSync } from 'node:fs'
import { openDatabase } from '../../sqlite/database.ts'
import { sqliteStore } from '../../sqlite.ts'
import { unreachable, usage } from '../failure.ts'
import type { OpenStore, Target } from './target.ts'

/** Opens a file of sessions that is there; a mistyped name makes no new one. */
export function openSqlite({ place, table = 'sessions', prefix }: Target): OpenStore {
  if (prefix !== undefined) throw usage('--prefix is for Redis; for SQLite there is --table.')
  const path = place.replace(/^sqlite:(\/\/)?/, '')
  if (!existsSync(path)) throw unreachable(`There is no file ${path}.`)
  const database = quietly(() => openDatabase(path))
  if (!database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table)) {
    database.close()
    throw unreachable(`${path} has no table ${table}; --table names another.`)
  }
  return { store: sqliteStore(database, { table }), close: () => database.close() }
}

/** Node 22 calls its SQLite experimental, on stderr. */
function quietly<T>(open: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return open()
  } finally {
    process.emitWarning = emitWarning
  }
}
