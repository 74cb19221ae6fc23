import { SessionError } from '../core/errors.ts'
import { DUE } from '../core/sql.ts'
import type { Run } from './client.ts'

/** The longest name of a table: with what its indexes' names add it has at most the 63 characters that Postgres keeps. */
export const LONGEST_NAME = 55

const OWN = ['id', 'value', 'expires']
/** `due` is rounded up to ten minutes: while a change leaves it alone, Postgres writes no index (a heap-only tuple). */
const ADDED = {
  version: 'integer NOT NULL DEFAULT 1',
  owner: 'text COLLATE "C"',
  due: `bigint GENERATED ALWAYS AS (${DUE}) STORED`,
}

/** Makes the table and its indexes, or adds what an older one lacks; takes no lock where nothing is missing. */
export async function migrateTable(run: Run, table: string): Promise<void> {
  const rows = (await run(present(table), [])) as { readonly name: string }[]
  const names = rows.map(({ name }) => name)
  const foreign = names.length > 0 ? OWN.find((column) => !names.includes(column)) : undefined
  if (foreign !== undefined) {
    throw new SessionError(
      'config',
      `table "${table}" is there and has no column ${foreign}, so it is not of this library: name another by \`table\``,
    )
  }
  const needed = [...OWN, ...Object.keys(ADDED), `${table}_due`, `${table}_owner`]
  if (needed.some((name) => !names.includes(name))) await run(upgrade(table), [])
}

/** The names of the table's columns and indexes. */
function present(table: string): string {
  const relation = `to_regclass('"${table}"')`
  return (
    `SELECT attname::text AS name FROM pg_attribute WHERE attrelid = ${relation} AND attnum > 0 AND NOT attisdropped ` +
    `UNION ALL SELECT relname::text FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = ${relation}`
  )
}

/** One statement and so one transaction, one at a time: `IF NOT EXISTS` alone fails where two start at once. */
function upgrade(table: string): string {
  const statements = [
    "PERFORM set_config('client_min_messages', 'warning', true)",
    "PERFORM pg_advisory_xact_lock(hashtext('keepsake migrate'))",
    `CREATE TABLE IF NOT EXISTS "${table}" (id text COLLATE "C" PRIMARY KEY, value text NOT NULL, ` +
      `version integer NOT NULL, expires bigint NOT NULL, owner text COLLATE "C")`,
    ...Object.entries(ADDED).map(
      ([column, type]) => `ALTER TABLE "${table}" ADD COLUMN IF NOT EXISTS ${column} ${type}`,
    ),
    `DROP INDEX IF EXISTS "${table}_expires"`,
    `CREATE INDEX IF NOT EXISTS "${table}_due" ON "${table}" (due)`,
    `CREATE INDEX IF NOT EXISTS "${table}_owner" ON "${table}" (owner, id) WHERE owner IS NOT NULL`,
  ]
  return `DO $keepsake$ BEGIN ${statements.map((statement) => `${statement};`).join(' ')} END $keepsake$`
}
