import { type SqliteDatabase, sqliteStore } from '../../src/sqlite.ts'
import { runChecks } from './checks.ts'

interface BunSqlite {
  readonly Database: new (path: string) => SqliteDatabase
}

const bunSqlite: unknown = process.getBuiltinModule('bun:sqlite')
const options = { sweep: true, sweepLag: 600_000 }
const database = new (bunSqlite as BunSqlite).Database(':memory:')
const file = process.argv[2] ?? ''

console.log(
  JSON.stringify({
    given: await runChecks((clock) => sqliteStore(database, { clock }), options),
    opened: await runChecks((clock) => sqliteStore(file, { clock }), options),
  }),
)
