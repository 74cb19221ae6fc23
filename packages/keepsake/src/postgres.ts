import { type Row, readRow, SWEPT, sweepsAt, tableName } from './core/sql.ts'
import type { Listed, Store, Stored } from './core/store.ts'
import { LARGEST_VALUE, storable } from './core/text.ts'
import { type PostgresClient, type PostgresValue, type Run, runner } from './postgres/client.ts'
import { LONGEST_NAME, migrateTable } from './postgres/migrate.ts'
import { type PostgresSql, postgresSql } from './postgres/sql.ts'

export type { PostgresClient, PostgresValue, QueryingPostgres, UnsafePostgres } from './postgres/client.ts'

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /** The table, one for each app: a letter or `_`, then letters, digits or `_`, at most 55. @default 'sessions' */
  readonly table?: string
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in Postgres. */
export interface PostgresStore extends Store {
  readonly consistency: 'strong'
  get(id: string): Promise<Stored | null>
  create(id: string, value: string, expires: Date, owner?: string): Promise<boolean>
  update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean>
  touch(id: string, expires: Date, version: number): Promise<boolean>
  delete(id: string): Promise<void>
  list(owner: string, limit: number, after?: string): Promise<Listed[]>
  /**
   * Removes at most `limit` expired records and says how many, for a scheduled job; one may stay for ten minutes.
   * Several jobs may run at once.
   */
  sweep(limit: number): Promise<number>
  /**
   * Makes the table or brings it up to date; several processes may call it at once, at every start.
   * @throws {SessionError} `config`: the table is somebody else's.
   */
  migrate(): Promise<void>
}

/**
 * Keeps sessions in Postgres, through the app's own client: a `Pool` or `Client` of pg, postgres.js, Bun's `SQL`,
 * PGlite, or Neon's driver. Connecting it, listening to its errors and closing it stays with the app.
 *
 * Strong: every change is one statement that compares and sets, at the default isolation, `read committed`. Give it a
 * client of the primary, not of a replica. No statement has a name, so a pooler in transaction mode may stand between.
 * Expiry is in milliseconds by the app's clock, and expired rows are never served; one `create` in 64 removes up to 128.
 *
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL })
 * pool.on('error', console.error)
 * const store = postgresStore(pool)
 * await store.migrate()
 * ```
 * @throws {SessionError} `config`: a bad table name, or a client of no known kind.
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): PostgresStore {
  return new TableStore(runner(client), tableName(options.table, LONGEST_NAME), options.clock ?? Date.now)
}

class TableStore implements PostgresStore {
  readonly consistency = 'strong' as const
  readonly maxValue = LARGEST_VALUE
  readonly #run: Run
  readonly #table: string
  readonly #sql: PostgresSql
  readonly #clock: () => number

  constructor(run: Run, table: string, clock: () => number) {
    this.#run = run
    this.#table = table
    this.#sql = postgresSql(table)
    this.#clock = clock
  }

  async get(id: string): Promise<Stored | null> {
    const [row] = await this.#read(this.#sql.get, id, this.#now())
    return row ? { value: row.value, version: row.version, expires: row.expires } : null
  }

  async create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    if (sweepsAt(id)) await this.sweep(SWEPT)
    const values = [id, storable(value), milliseconds(expires), owner ?? null, this.#now()]
    return (await this.#change(this.#sql.create, ...values)) === 1
  }

  async update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    const end = milliseconds(expires)
    const values = [storable(value), end, owner ?? null, id, String(version), this.#now()]
    return (await this.#change(this.#sql.update, ...values)) === 1
  }

  async touch(id: string, expires: Date, version: number): Promise<boolean> {
    const values = [milliseconds(expires), id, String(version), this.#now()]
    return (await this.#change(this.#sql.touch, ...values)) === 1
  }

  async delete(id: string): Promise<void> {
    await this.#change(this.#sql.delete, id)
  }

  list(owner: string, limit: number, after = ''): Promise<Listed[]> {
    return this.#read(this.#sql.list, owner, after, this.#now(), String(limit))
  }

  sweep(limit: number): Promise<number> {
    return this.#change(this.#sql.sweep, this.#now(), String(limit))
  }

  migrate(): Promise<void> {
    return migrateTable(this.#run, this.#table)
  }

  async #change(sql: string, ...values: PostgresValue[]): Promise<number> {
    return (await this.#run(sql, values)).length
  }

  async #read(sql: string, ...values: PostgresValue[]): Promise<Listed[]> {
    return ((await this.#run(sql, values)) as Row[]).map(readRow)
  }

  #now(): string {
    return String(this.#clock())
  }
}

function milliseconds(date: Date): string {
  return String(date.getTime())
}
