import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SessionError } from '../../src/core/errors.ts'
import { runner } from '../../src/postgres/client.ts'
import { type PostgresClient, type PostgresStore, postgresStore } from '../../src/postgres.ts'
import { freshId, freshOwner } from '../../src/testing/contract-names.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { installed } from '../services.ts'
import { allPassed } from './checks.ts'
import { CLIENTS, type Connected } from './postgres-clients.ts'
import { type PostgresServer, PROGRAMS, startPooler, startPostgres } from './postgres-server.ts'

const DAY = 86_400_000
const TEN_MINUTES = 600_000
const OPTIONS = { sweep: true, sweepLag: TEN_MINUTES }
const later = (): Date => new Date(Date.now() + DAY)
const here = (file: string): string => new URL(file, import.meta.url).pathname
const bun = here('../../../../node_modules/.bin/bun')

describe.runIf(installed(...PROGRAMS))('postgresStore', () => {
  let server: PostgresServer
  let pooler: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
    pooler = await startPooler(server)
  }, 60_000)

  afterAll(async () => {
    await pooler.stop()
    await server.stop()
  })

  describe.each(Object.entries(CLIENTS))('through %s', (_, connect) => {
    describe.each(['to the server', 'to a pooler in transaction mode'])('%s', (where) => {
      let connected: Connected
      beforeAll(async () => {
        connected = connect(where === 'to the server' ? server : pooler)
        await postgresStore(connected.client).migrate()
      })
      afterAll(() => connected.end())

      const closed = async (): Promise<PostgresStore> => {
        const { client, end } = connect(server)
        await end()
        return postgresStore(client)
      }
      for (const { name, run } of storeContract((clock) => postgresStore(connected.client, { clock }), {
        ...OPTIONS,
        closed,
      }))
        it(name, run)

      it('answers many at once', async () => {
        const store = postgresStore(connected.client)
        const ids = Array.from({ length: 100 }, freshId)
        await Promise.all(ids.map((id) => store.create(id, id, later())))
        const read = await Promise.all(ids.map((id) => store.get(id)))
        expect(read.map((record) => record?.value)).toEqual(ids)
      })
    })
  })

  it.each([
    'to the server',
    'to a pooler in transaction mode',
  ])("keeps the contract through Bun's SQL, %s", async (where) => {
    const { url } = where === 'to the server' ? server : pooler
    const pool = new Pool({ connectionString: server.url })
    await postgresStore(pool, { table: 'bun' }).migrate()
    await pool.end()
    const { stdout } = await promisify(execFile)(bun, ['run', here('bun-postgres.ts'), url])
    expect(JSON.parse(stdout)).toEqual(allPassed(OPTIONS))
  }, 60_000)

  it('names no statement', async () => {
    for (const connect of Object.values(CLIENTS)) {
      const { client, end } = connect(server, 1)
      const store = postgresStore(client)
      for (let times = 0; times < 10; times++) await store.get(freshId())
      const named = await runner(client)('SELECT name FROM pg_prepared_statements WHERE name <> $1', [''])
      expect([...named]).toEqual([])
      await end()
    }
  })

  describe('with a pool', () => {
    let pool: Pool
    beforeAll(async () => {
      pool = new Pool({ connectionString: server.url })
      await postgresStore(pool).migrate()
    })
    afterAll(() => pool.end())

    it('sends one statement a call', async () => {
      const statements: string[] = []
      const counting: PostgresClient = {
        query: (text, values) => {
          statements.push(text.split(' ', 1)[0] ?? '')
          return pool.query(text, values)
        },
      }
      const store = postgresStore(counting)
      const [id, owner] = [`B${freshId().slice(1)}`, freshOwner()]
      const calls: [string, () => Promise<unknown>][] = [
        ['INSERT', () => store.create(id, 'x', later(), owner)],
        ['SELECT', () => store.get(id)],
        ['UPDATE', () => store.update(id, 'y', later(), 1, owner)],
        ['UPDATE', () => store.touch(id, later(), 2)],
        ['SELECT', () => store.list(owner, 9)],
        ['DELETE', () => store.delete(id)],
        ['DELETE', () => store.sweep(9)],
      ]
      for (const [expected, call] of calls) {
        statements.length = 0
        expect(await call()).not.toBe(false)
        expect(statements).toEqual([expected])
      }
    })

    it('writes no index for a change that leaves the owner and the ten minutes of its end alone', async () => {
      const client = await pool.connect()
      const store = postgresStore(client, { table: 'hot' })
      await store.migrate()
      const end = Math.ceil(Date.now() / TEN_MINUTES) * TEN_MINUTES + DAY
      const written = async (expires: number, version: number, owner: string): Promise<number> => {
        expect(await store.update('id', 'y', new Date(expires), version, owner)).toBe(true)
        await client.query('SELECT pg_stat_force_next_flush()')
        const { rows } = await client.query(
          "SELECT n_tup_upd - n_tup_hot_upd AS cold FROM pg_stat_user_tables WHERE relname = 'hot'",
        )
        return Number(rows[0].cold)
      }
      await store.create('id', 'x', new Date(end - 9_000), 'ada')
      const cold = [await written(end - 8_000, 1, 'ada'), await written(end, 2, 'ada')]
      cold.push(await written(end + 1, 3, 'ada'), await written(end + 1, 4, 'bob'))
      client.release()
      expect(cold).toEqual([0, 0, 1, 2])
    })

    it('keeps two tables apart', async () => {
      const stores = ['shop', 'Order'].map((table) => postgresStore(pool, { table }))
      const [id, owner] = [freshId(), freshOwner()]
      for (const store of stores) await store.migrate()
      expect(await Promise.all(stores.map((store) => store.create(id, 'x', later(), owner)))).toEqual([
        true,
        true,
      ])
      await stores[0]?.delete(id)
      expect(await Promise.all(stores.map((store) => store.get(id)))).toMatchObject([null, { value: 'x' }])
      expect(await Promise.all(stores.map((store) => store.list(owner, 9)))).toMatchObject([[], [{ id }]])
    })

    it('sweeps now and then with create, a bounded number at a time, and past what others have locked', async () => {
      let now = Date.now()
      const store = postgresStore(pool, { table: 'swept', clock: () => now })
      await store.migrate()
      await pool.query(
        "INSERT INTO swept SELECT 'x' || n, '', 1, $1::bigint, NULL FROM generate_series(1, 300) n",
        [now],
      )
      const holder = await pool.connect()
      await holder.query("BEGIN; SELECT FROM swept WHERE id = 'x1' FOR UPDATE")
      now += TEN_MINUTES
      await store.create('B', 'x', later())
      await store.create('A', 'x', later())
      expect([await store.sweep(1_000), await store.sweep(1_000)]).toEqual([300 - 128 - 1, 0])
      await holder.query('ROLLBACK')
      holder.release()
      expect(await store.sweep(1_000)).toBe(1)
    })
  })
})

describe('postgresStore through PGlite', () => {
  let database: PGlite
  beforeAll(async () => {
    database = new PGlite()
    await postgresStore(database).migrate()
  }, 60_000)
  afterAll(() => database.close())

  for (const { name, run } of storeContract((clock) => postgresStore(database, { clock }), OPTIONS))
    it(name, run)

  it('takes a client that answers with the rows themselves, as neon() does', async () => {
    const store = postgresStore({ query: async (text, values) => (await database.query(text, values)).rows })
    const id = freshId()
    expect(await store.create(id, 'x', later())).toBe(true)
    expect(await store.update(id, 'y', later(), 1)).toBe(true)
    expect(await store.get(id)).toMatchObject({ value: 'y', version: 2 })
  })
})

it('refuses what is no client', () => {
  expect(() => postgresStore({ get: () => null } as never)).toThrow(SessionError)
})
