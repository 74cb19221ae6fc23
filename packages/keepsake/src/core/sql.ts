import { SessionError } from './errors.ts'
import type { Listed } from './store.ts'
import { unescapeText } from './text.ts'

/** The store contract in SQLite's SQL, each call one statement; the values in the order they are bound. */
export interface StoreSql {
  /** id, now */
  readonly get: string
  /** id, value, expires, due, owner, now */
  readonly create: string
  /** value, expires, due, owner, id, version, now */
  readonly update: string
  /** value, expires, due, owner, id, version, now: an update that leaves due and owner, and so the indexes, as they are */
  readonly updateInPlace: string
  /** expires, due, id, version, now */
  readonly touch: string
  /** id */
  readonly delete: string
  /** owner, after, now, limit */
  readonly list: string
  /** now, limit */
  readonly sweep: string
}

/** ms */
const COARSELY = 600_000

/**
 * When a row expires, and when it may be swept, ms since the epoch. The latter is rounded up to ten minutes, so that a
 * session which is changed again and again keeps its place in the index.
 */
export function timesOf(expires: Date): [expires: number, due: number] {
  const end = expires.getTime()
  return [end, Math.ceil(end / COARSELY) * COARSELY]
}

/** The latter of {@link timesOf}, in SQL. */
export const DUE: string = `(expires + ${COARSELY - 1}) / ${COARSELY} * ${COARSELY}`

/** A row as {@link StoreSql} selects it. */
export interface Row {
  readonly id: string
  readonly value: string
  readonly version: number | bigint
  readonly expires: number | bigint
}

/** The name as SQL. @throws {SessionError} `config` unless it is letters, digits and `_`, at most so many. */
export function tableName(option = 'sessions', longest = 63): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(option) && option.length <= longest) return option
  throw new SessionError(
    'config',
    `table: expected a letter or _, then letters, digits or _, at most ${longest} in all; got ${JSON.stringify(option)}`,
  )
}

/** The statements for a table. */
export function storeSql(table: string): StoreSql {
  const live = 'id = ? AND version = ? AND expires > ?'
  return {
    get: `SELECT id, value, version, expires FROM "${table}" WHERE id = ? AND expires > ?`,
    create:
      `INSERT INTO "${table}" (id, value, version, expires, due, owner) VALUES (?, ?, 1, ?, ?, ?) ` +
      'ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = 1, expires = excluded.expires, ' +
      `due = excluded.due, owner = excluded.owner WHERE "${table}".expires <= ?`,
    update:
      `UPDATE "${table}" SET value = ?, version = version + 1, expires = ?, due = ?, owner = ? ` +
      `WHERE ${live}`,
    updateInPlace:
      `UPDATE "${table}" SET value = ?, version = version + 1, expires = ? ` +
      `WHERE due = ? AND owner IS ? AND ${live}`,
    touch: `UPDATE "${table}" SET expires = ?, due = ? WHERE ${live}`,
    delete: `DELETE FROM "${table}" WHERE id = ?`,
    list:
      `SELECT id, value, version, expires FROM "${table}" ` +
      'WHERE owner = ? AND id > ? AND expires > ? ORDER BY id LIMIT ?',
    sweep:
      `DELETE FROM "${table}" WHERE rowid IN ` +
      `(SELECT rowid FROM "${table}" WHERE due <= ? ORDER BY due LIMIT ?)`,
  }
}

/** Makes the table where it is missing. */
export function createTable(table: string): string {
  return (
    `CREATE TABLE IF NOT EXISTS "${table}" (id TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, ` +
    'version INTEGER NOT NULL, expires INTEGER NOT NULL, owner TEXT, due INTEGER) STRICT'
  )
}

/** Asks for the table's columns, as rows with a `name`. */
export function tableColumns(table: string): string {
  return `PRAGMA table_info("${table}")`
}

/** What a table with these columns lacks. @throws {SessionError} `config` when it is somebody else's. */
export function upgradeTable(table: string, columns: readonly string[]): string[] {
  const foreign = ['id', 'value', 'expires'].find((column) => !columns.includes(column))
  if (foreign !== undefined) {
    throw new SessionError(
      'config',
      `table "${table}" is there and has no column ${foreign}, so it is not of this library: name another by \`table\``,
    )
  }
  const added = { version: 'INTEGER NOT NULL DEFAULT 1', owner: 'TEXT', due: 'INTEGER' }
  const dated = `UPDATE "${table}" SET due = ${DUE}`
  return [
    ...Object.entries(added)
      .filter(([column]) => !columns.includes(column))
      .map(([column, type]) => `ALTER TABLE "${table}" ADD COLUMN ${column} ${type}`),
    ...(columns.includes('due') ? [] : [dated, `DROP INDEX IF EXISTS "${table}_expires"`]),
    `CREATE INDEX IF NOT EXISTS "${table}_due" ON "${table}" (due)`,
    `CREATE INDEX IF NOT EXISTS "${table}_owner" ON "${table}" (owner, id) WHERE owner IS NOT NULL`,
  ]
}

/** A row as the contract wants it. */
export function readRow(row: Row): Listed {
  return {
    id: row.id,
    value: unescapeText(row.value),
    version: Number(row.version),
    expires: new Date(Number(row.expires)),
  }
}

/** How many expired rows go when a new one comes and {@link sweepsAt} says so: two for each new one. */
export const SWEPT = 128

/** Ids are random, so this is one in 64, also where a process lives for one request. */
export function sweepsAt(id: string): boolean {
  return id.startsWith('A')
}
