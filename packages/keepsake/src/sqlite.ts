import {
  createTable,
  type Row,
  readRow,
  type StoreSql,
  SWEPT,
  storeSql,
  sweepsAt,
  tableColumns,
  tableName,
  timesOf,
  upgradeTable,
} from './core/sql.ts'
import type { Listed, Store, Stored } from './core/store.ts'
import { LARGEST_VALUE, storable } from './core/text.ts'
import { openDatabase, type SqliteDatabase, type SqliteStatement, waitWhenBusy } from './sqlite/database.ts'

export type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite/database.ts'

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** The table, made where it is missing: a letter or `_`, then letters, digits or `_`, at most 63. @default 'sessions' */
  readonly table?: string
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in SQLite; its calls answer at once. */
export interface SqliteStore extends Store {
  readonly consistency: 'strong'
  get(id: string): Stored | null
  create(id: string, value: string, expires: Date, owner?: string): boolean
  update(id: string, value: string, expires: Date, version: number, owner?: string): boolean
  touch(id: string, expires: Date, version: number): boolean
  delete(id: string): void
  list(owner: string, limit: number, after?: string): Listed[]
  /** Removes at most `limit` expired records and says how many, for a scheduled job; one may stay for ten minutes. */
  sweep(limit: number): number
  /** Closes the database if the store opened it; one that was given stays open. */
  close(): void
}

/**
 * Keeps sessions in SQLite: a file, or a database of node:sqlite, bun:sqlite, better-sqlite3 or libsql.
 *
 * Strong: every change is one statement that compares and sets, also between processes that share the file.
 * Expired rows are never served. There are no timers: one `create` in 64 removes up to 128 of them.
 * A path is opened with the runtime's own SQLite, with a write-ahead log; the table is made or brought up to date.
 *
 * ```ts
 * const sessions = new SessionManager({ store: sqliteStore('sessions.db'), secrets: process.env.SESSION_SECRET })
 * ```
 * @throws {SessionError} `config`: a bad table name, a table of somebody else, or a path where the runtime has no SQLite.
 */
export function sqliteStore(
  pathOrDatabase: string | SqliteDatabase,
  options: SqliteStoreOptions = {},
): SqliteStore {
  const table = tableName(options.table)
  const opened = typeof pathOrDatabase === 'string'
  const database = opened ? openDatabase(pathOrDatabase) : pathOrDatabase
  if (!opened) waitWhenBusy(database)
  migrate(database, table)
  return new TableStore(database, table, options.clock ?? Date.now, opened)
}

function migrate(database: SqliteDatabase, table: string): void {
  database.exec(createTable(table))
  const columns = database.prepare(tableColumns(table)).all() as { readonly name: string }[]
  const names = columns.map(({ name }) => name)
  for (const sql of upgradeTable(table, names)) database.exec(sql)
}

type Statements = { readonly [name in keyof StoreSql]: SqliteStatement }

class TableStore implements SqliteStore {
  readonly consistency = 'strong' as const
  readonly maxValue = LARGEST_VALUE
  readonly #database: SqliteDatabase
  readonly #statements: Statements
  readonly #clock: () => number
  readonly #opened: boolean

  constructor(database: SqliteDatabase, table: string, clock: () => number, opened: boolean) {
    const entries = Object.entries(storeSql(table)).map(([name, sql]) => [name, database.prepare(sql)])
    this.#database = database
    this.#statements = Object.fromEntries(entries) as Statements
    this.#clock = clock
    this.#opened = opened
  }

  get(id: string): Stored | null {
    const row = this.#statements.get.get(id, this.#clock()) as Row | null | undefined
    if (!row) return null
    const { value, version, expires } = readRow(row)
    return { value, version, expires }
  }

  create(id: string, value: string, expires: Date, owner?: string): boolean {
    const now = this.#clock()
    if (sweepsAt(id)) this.sweep(SWEPT)
    return changed(this.#statements.create.run(id, storable(value), ...timesOf(expires), owner ?? null, now))
  }

  update(id: string, value: string, expires: Date, version: number, owner?: string): boolean {
    const values = [storable(value), ...timesOf(expires), owner ?? null, id, version, this.#clock()]
    const { updateInPlace, update } = this.#statements
    return changed(updateInPlace.run(...values)) || changed(update.run(...values))
  }

  touch(id: string, expires: Date, version: number): boolean {
    return changed(this.#statements.touch.run(...timesOf(expires), id, version, this.#clock()))
  }

  delete(id: string): void {
    this.#statements.delete.run(id)
  }

  list(owner: string, limit: number, after = ''): Listed[] {
    const rows = this.#statements.list.all(owner, after, this.#clock(), limit) as Row[]
    return rows.map(readRow)
  }

  sweep(limit: number): number {
    return Number(this.#statements.sweep.run(this.#clock(), limit).changes)
  }

  close(): void {
    if (this.#opened) this.#database.close()
  }
}

function changed(result: { readonly changes: number | bigint }): boolean {
  return Number(result.changes) === 1
}
