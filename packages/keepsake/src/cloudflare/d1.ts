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
} from '../core/sql.ts'
import type { Listed, Store, Stored } from '../core/store.ts'
import { LARGEST_VALUE, storable } from '../core/text.ts'

/** What is used of a D1 database. */
export interface D1Client {
  prepare(sql: string): D1Statement
}

/** What is used of a D1 statement. */
export interface D1Statement {
  bind(...values: (string | number | null)[]): D1Statement
  run(): Promise<{ readonly meta: { readonly changes: number } }>
  all(): Promise<{ readonly results: unknown[] }>
}

/** Options of {@link d1Store}. */
export interface D1StoreOptions {
  /** The table: a letter or `_`, then letters, digits or `_`, at most 63. @default 'sessions' */
  readonly table?: string
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in D1. */
export interface D1Store extends Store {
  readonly consistency: 'strong'
  list(owner: string, limit: number, after?: string): Promise<Listed[]>
  /** Removes at most `limit` expired records and says how many, for a cron trigger; one may stay for ten minutes. */
  sweep(limit: number): Promise<number>
  /** Makes the table or brings it up to date; run it once, before the first request. @throws {SessionError} `config` when the table is somebody else's. */
  migrate(): Promise<void>
}

/**
 * Keeps sessions in Cloudflare D1.
 *
 * Strong: every change is one statement that compares and sets, on the primary. Give it the database itself, not a
 * `withSession()` of it, which may read from replicas. Expired rows are never served; one `create` in 64 removes
 * up to 128 of them. The table is made by {@link D1Store.migrate}, not by itself: that would cost each isolate a query.
 */
export function d1Store(database: D1Client, options: D1StoreOptions = {}): D1Store {
  return new DatabaseStore(database, tableName(options.table), options.clock ?? Date.now)
}

class DatabaseStore implements D1Store {
  readonly consistency = 'strong' as const
  readonly maxValue = LARGEST_VALUE
  readonly #database: D1Client
  readonly #table: string
  readonly #sql: StoreSql
  readonly #clock: () => number

  constructor(database: D1Client, table: string, clock: () => number) {
    this.#database = database
    this.#table = table
    this.#sql = storeSql(table)
    this.#clock = clock
  }

  async get(id: string): Promise<Stored | null> {
    const [row] = await this.#all(this.#sql.get, id, this.#clock())
    return row ? { value: row.value, version: row.version, expires: row.expires } : null
  }

  async create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    if (sweepsAt(id)) await this.sweep(SWEPT)
    const values = [id, storable(value), ...timesOf(expires), owner ?? null, this.#clock()]
    return (await this.#run(this.#sql.create, ...values)) === 1
  }

  async update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    const values = [storable(value), ...timesOf(expires), owner ?? null, id, version, this.#clock()]
    return (await this.#run(this.#sql.update, ...values)) === 1
  }

  async touch(id: string, expires: Date, version: number): Promise<boolean> {
    const values = [...timesOf(expires), id, version, this.#clock()]
    return (await this.#run(this.#sql.touch, ...values)) === 1
  }

  async delete(id: string): Promise<void> {
    await this.#run(this.#sql.delete, id)
  }

  list(owner: string, limit: number, after = ''): Promise<Listed[]> {
    return this.#all(this.#sql.list, owner, after, this.#clock(), limit)
  }

  sweep(limit: number): Promise<number> {
    return this.#run(this.#sql.sweep, this.#clock(), limit)
  }

  async migrate(): Promise<void> {
    await this.#run(createTable(this.#table))
    const { results } = await this.#database.prepare(tableColumns(this.#table)).all()
    const columns = (results as { readonly name: string }[]).map(({ name }) => name)
    for (const sql of upgradeTable(this.#table, columns)) await this.#run(sql)
  }

  async #run(sql: string, ...values: (string | number | null)[]): Promise<number> {
    return (
      await this.#database
        .prepare(sql)
        .bind(...values)
        .run()
    ).meta.changes
  }

  async #all(sql: string, ...values: (string | number)[]): Promise<Listed[]> {
    const { results } = await this.#database
      .prepare(sql)
      .bind(...values)
      .all()
    return (results as Row[]).map(readRow)
  }
}
