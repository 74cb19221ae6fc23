import { SessionError } from '../core/errors.ts'

/** What SQLite keeps in a column. */
export type SqliteValue = string | number | null

/** A prepared statement: the three methods that all clients have. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
}

/**
 * A synchronous SQLite database: `DatabaseSync` of node:sqlite (Node, Deno), `Database` of bun:sqlite,
 * of better-sqlite3 or of libsql.
 */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

type Open = new (path: string) => SqliteDatabase

interface Host {
  readonly process?: { getBuiltinModule?(name: string): { Database?: Open; DatabaseSync?: Open } | undefined }
}

/** Long enough for any rival's write, short enough for a process that stands still meanwhile. */
const BUSY = 2_000

/**
 * Opens a file with the runtime's own SQLite, for sessions: write-ahead log, deleted bytes overwritten.
 * @throws {SessionError} `config` where the runtime has none.
 */
export function openDatabase(path: string): SqliteDatabase {
  const Database = builtin()
  if (Database === undefined) {
    throw new SessionError(
      'config',
      'this runtime has no SQLite: use Node 22.13 or later, Bun or Deno, or pass a database of better-sqlite3 or libsql',
    )
  }
  const database = new Database(path)
  waitWhenBusy(database)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA secure_delete = ON')
  return database
}

/** Makes a connection wait for other writers unless it already does. */
export function waitWhenBusy(database: SqliteDatabase): void {
  const row = database.prepare('PRAGMA busy_timeout').get() as { readonly timeout: number | bigint }
  if (Number(row.timeout) === 0) database.exec(`PRAGMA busy_timeout = ${BUSY}`)
}

function builtin(): Open | undefined {
  const { process } = globalThis as Host
  return (
    process?.getBuiltinModule?.('bun:sqlite')?.Database ??
    process?.getBuiltinModule?.('node:sqlite')?.DatabaseSync
  )
}
