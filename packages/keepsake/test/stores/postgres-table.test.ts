import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SessionError } from '../../src/core/errors.ts'
import { postgresSql } from '../../src/postgres/sql.ts'
import { postgresStore } from '../../src/postgres.ts'
import { installed } from '../services.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from './postgres-server.ts'

const LONGEST = 'x'.repeat(55)
const later = (): Date => new Date(Date.now() + 86_400_000)

it.each([
  '',
  '1st',
  'a-b',
  'a"b',
  'a b',
  'a.b',
  `${LONGEST}x`,
  'é',
  'a\n',
])('no table may be called %j', (table) => {
  expect(() => postgresStore({ query: async () => [] }, { table })).toThrow(SessionError)
})

describe.runIf(installed(...PROGRAMS))('the table', () => {
  let server: PostgresServer
  let pool: Pool

  beforeAll(async () => {
    server = await startPostgres()
    pool = new Pool({ connectionString: server.url })
  }, 60_000)

  afterAll(async () => {
    await pool.end()
    await server.stop()
  })

  const indexes = async (table: string): Promise<string[]> => {
    const { rows } = await pool.query('SELECT indexname FROM pg_indexes WHERE tablename = $1', [table])
    return rows.map(({ indexname }) => indexname).sort()
  }

  it('may be called as a word of SQL, or by 55 characters', async () => {
    for (const table of ['select', '_1', LONGEST]) await postgresStore(pool, { table }).migrate()
    expect(await indexes(LONGEST)).toEqual([`${LONGEST}_due`, `${LONGEST}_owner`, `${LONGEST}_pkey`])
  })

  it('is made once by those who start at once', async () => {
    for (let round = 0; round < 20; round++) {
      const pools = Array.from({ length: 4 }, () => new Pool({ connectionString: server.url, max: 1 }))
      await Promise.all(pools.map((one) => one.query('SELECT')))
      const table = `start_${round}`
      await Promise.all(pools.map((one) => postgresStore(one, { table }).migrate()))
      await Promise.all(pools.map((one) => one.end()))
      expect(await indexes(table)).toHaveLength(3)
    }
  }, 60_000)

  it('is left alone, without a lock, where nothing is missing', async () => {
    const store = postgresStore(pool, { table: 'complete' })
    await store.migrate()
    const reader = await pool.connect()
    await reader.query('BEGIN; LOCK TABLE complete IN SHARE UPDATE EXCLUSIVE MODE')
    await store.migrate()
    await reader.query('ROLLBACK')
    reader.release()
  })

  it('gets the columns that an older one lacks, and keeps its rows', async () => {
    await pool.query(
      'CREATE TABLE older (id text COLLATE "C" PRIMARY KEY, value text NOT NULL, expires bigint NOT NULL)',
    )
    await pool.query("INSERT INTO older VALUES ('old', 'x', $1::bigint)", [String(later().getTime())])
    const store = postgresStore(pool, { table: 'older' })
    await store.migrate()
    expect(await store.update('old', 'y', later(), 1, 'ada')).toBe(true)
    expect(await store.list('ada', 1)).toMatchObject([{ id: 'old', value: 'y', version: 2 }])
    expect(await indexes('older')).toEqual(['older_due', 'older_owner', 'older_pkey'])
  })

  it('is refused when it is of another library', async () => {
    await pool.query(
      'CREATE TABLE session (sid varchar PRIMARY KEY, sess json NOT NULL, expire timestamp(6))',
    )
    const error = await postgresStore(pool, { table: 'session' })
      .migrate()
      .catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'config',
      message: expect.stringContaining('"session" is there and has no column id'),
    })
    expect(await indexes('session')).toEqual(['session_pkey'])
  })

  it.each([
    'get',
    'update',
    'touch',
    'delete',
    'list',
    'sweep',
  ] as const)('answers %s from an index', async (name) => {
    await postgresStore(pool, { table: 'large' }).migrate()
    await pool.query(
      "INSERT INTO large SELECT md5(n::text), 'x', 1, n * 600000::bigint, md5((n % 5000)::text) FROM generate_series(1, 20000) n " +
        'ON CONFLICT DO NOTHING',
    )
    await pool.query('ANALYZE large')
    const values = {
      get: ['x', '1'],
      update: ['v', '1', null, 'x', '1', '1'],
      touch: ['1', 'x', '1', '1'],
      delete: ['x'],
      list: ['x', '', '1', '9'],
      sweep: ['1800000', '9'],
    }
    const { rows } = await pool.query(`EXPLAIN ${postgresSql('large')[name]}`, values[name])
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Index (Only )?Scan|Bitmap Index Scan/)
    expect(plan).not.toMatch(/Seq Scan/)
    if (name === 'list') expect(plan).toMatch(/large_owner/)
    if (name === 'sweep') expect(plan).toMatch(/large_due/)
  })
})
