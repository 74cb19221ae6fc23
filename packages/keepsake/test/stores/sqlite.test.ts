import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import BetterSqlite from 'better-sqlite3'
import Libsql from 'libsql'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { SessionError } from '../../src/core/errors.ts'
import { storeSql } from '../../src/core/sql.ts'
import type { Store } from '../../src/core/store.ts'
import { type SqliteDatabase, sqliteStore } from '../../src/sqlite.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { storeRaces } from '../../src/testing/store-races.ts'

const DAY = 86_400_000
const TEN_MINUTES = 600_000
// in memory where it can be: what is tested is not how long a disk takes to sync
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'keepsake-'))
let files = 0
const file = (): string => join(folder, `${++files}.db`)
const later = (): Date => new Date(Date.now() + DAY)

afterAll(() => rmSync(folder, { recursive: true }))

const CLIENTS: Readonly<Record<string, (path: string) => SqliteDatabase>> = {
  'node:sqlite': (path) => new DatabaseSync(path),
  'better-sqlite3': (path) => new BetterSqlite(path),
  libsql: (path) => new Libsql(path),
}

describe.each(Object.entries(CLIENTS))('%s', (name, open) => {
  const path = file()
  const database = open(path)

  describe('keeps the contract', () => {
    const closed = (): Store => {
      const database = open(file())
      const store = sqliteStore(database)
      database.close()
      return store
    }
    // of a closed database libsql says that it is empty
    const options = { sweep: true, sweepLag: TEN_MINUTES, ...(name !== 'libsql' && { closed }) }
    for (const { name, run } of storeContract((clock) => sqliteStore(database, { clock }), options))
      it(name, run)
  })

  describe('in races of three connections', () => {
    const races = storeRaces((clock) => sqliteStore(open(path), { clock, table: 'races' }), {
      connections: 3,
    })
    for (const { name, run } of races) it(name, run, 120_000)
  })

  it('lets exactly one of two connections win, a thousand times', () => {
    const rivals = [open(path), open(path)].map((connection) => sqliteStore(connection))
    rivals[0]?.create('counter', '', later())
    for (let version = 1; version <= 1_000; version++) {
      const order = version % 3 === 0 ? [...rivals].reverse() : rivals
      expect(order.map((rival) => rival.update('counter', `${version}`, later(), version))).toEqual([
        true,
        false,
      ])
    }
    expect(rivals[1]?.get('counter')).toMatchObject({ value: '1000', version: 1_001 })
  })

  it('keeps two tables of one database apart', () => {
    const [shop, blog] = [sqliteStore(database, { table: 'shop' }), sqliteStore(database, { table: 'Order' })]
    expect([shop.create('id', 'shop', later(), 'ada'), blog.create('id', 'blog', later(), 'ada')]).toEqual([
      true,
      true,
    ])
    expect([shop.get('id')?.value, blog.get('id')?.value]).toEqual(['shop', 'blog'])
    shop.delete('id')
    expect([shop.list('ada', 9), blog.list('ada', 9).map(({ value }) => value)]).toEqual([[], ['blog']])
  })

  it('leaves a given database open', () => {
    const store = sqliteStore(database)
    store.close()
    expect(store.get('unknown')).toBeNull()
  })
})

describe('a path', () => {
  it('is opened with a write-ahead log, and keeps its sessions through a restart', () => {
    const path = file()
    const store = sqliteStore(path)
    store.create('id', 'x', later(), 'ada')
    store.close()
    expect(() => store.get('id')).toThrow()
    expect(new DatabaseSync(path).prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(sqliteStore(path).list('ada', 9)).toMatchObject([{ id: 'id', value: 'x' }])
  })

  it('is a config error where the runtime has no SQLite', () => {
    vi.stubGlobal('process', {})
    expect(() => sqliteStore(file())).toThrow(expect.objectContaining({ code: 'config' }))
    vi.unstubAllGlobals()
  })

  it('keeps every count of processes that write at once', async () => {
    const path = file()
    const counted = await Promise.all([1, 2, 3].map(() => count(path, 400)))
    expect(counted).toEqual([400, 400, 400])
    expect(sqliteStore(path).get('counter')).toMatchObject({ value: '1200', version: 1_201 })
  }, 60_000)
})

function count(path: string, times: number): Promise<number> {
  const worker = new Worker(new URL('./sqlite-counter.ts', import.meta.url), { workerData: { path, times } })
  return new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
}

describe('the table', () => {
  it.each([
    '',
    '1st',
    'a-b',
    'a"b',
    'a b',
    'a.b',
    'x'.repeat(64),
    'é',
    'a\n',
  ])('may not be called %j', (table) => {
    expect(() => sqliteStore(new DatabaseSync(':memory:'), { table })).toThrow(SessionError)
  })

  it('may be called as a word of SQL, or by 63 characters', () => {
    for (const table of ['select', '_1', 'x'.repeat(63)]) sqliteStore(new DatabaseSync(':memory:'), { table })
  })

  it('is refused when it is of another library', () => {
    const database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE sessions (sid TEXT PRIMARY KEY, sess TEXT, expired INTEGER)')
    expect(() => sqliteStore(database)).toThrow(/"sessions" is there and has no column id/)
  })

  it('gets the columns that an older one lacks, and keeps its rows', () => {
    const database = new DatabaseSync(':memory:')
    database.exec(
      'CREATE TABLE sessions (id TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER NOT NULL)',
    )
    database.prepare('INSERT INTO sessions VALUES (?, ?, ?)').run('old', 'x', Date.now() + DAY)
    const store = sqliteStore(database)
    expect(store.update('old', 'y', later(), 1, 'ada')).toBe(true)
    expect(store.list('ada', 1)).toMatchObject([{ id: 'old', value: 'y', version: 2 }])
  })

  it.each(Object.entries(storeSql('sessions')))('answers %s from an index', (_, sql) => {
    const database = new DatabaseSync(':memory:')
    sqliteStore(database)
    const values = Array.from(sql.matchAll(/\?/g), () => 1)
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
    for (const { detail } of plan) expect(detail).not.toMatch(/SCAN|TEMP B-TREE/)
  })

  it('gives an older one, and its rows, the ends that a sweep goes by', () => {
    let now = Date.now()
    const database = new DatabaseSync(':memory:')
    database.exec(
      'CREATE TABLE sessions (id TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER NOT NULL);' +
        'CREATE INDEX sessions_expires ON sessions (expires)',
    )
    for (const id of ['one', 'two'])
      database.prepare('INSERT INTO sessions VALUES (?, ?, ?)').run(id, 'x', now + DAY)
    const store = sqliteStore(database, { clock: () => now })
    store.touch('two', new Date(now + 2 * DAY), 1)
    now += DAY + TEN_MINUTES
    expect([store.sweep(9), store.sweep(9)]).toEqual([1, 0])
    expect(store.get('two')).toMatchObject({ value: 'x' })
    const indexes = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql <> ''")
      .all()
    expect(indexes).toMatchObject([{ name: 'sessions_due' }, { name: 'sessions_owner' }])
  })

  it('is swept now and then by create, a bounded number at a time', () => {
    let now = Date.now()
    const store = sqliteStore(new DatabaseSync(':memory:'), { clock: () => now })
    for (let i = 0; i < 300; i++) store.create(`x${i}`, 'x', new Date(now + DAY))
    now += DAY + TEN_MINUTES
    store.create('B', 'x', new Date(now + DAY))
    store.create('A', 'x', new Date(now + DAY))
    expect([store.sweep(1_000), store.sweep(1_000)]).toEqual([300 - 128, 0])
  })
})

it('reads the integers of connections that give them as bigint', () => {
  const better = new BetterSqlite(':memory:')
  better.defaultSafeIntegers(true)
  for (const database of [better, new DatabaseSync(':memory:', { readBigInts: true })]) {
    const store = sqliteStore(database)
    expect([store.create('id', 'x', later()), store.update('id', 'y', later(), 1)]).toEqual([true, true])
    expect(store.get('id')).toMatchObject({ value: 'y', version: 2 })
    expect(store.sweep(1)).toBe(0)
  }
})

it('waits for other writers, and leaves the patience of a given connection alone', () => {
  const patience = (database: SqliteDatabase): unknown => {
    sqliteStore(database)
    return database.prepare('PRAGMA busy_timeout').get()
  }
  expect(patience(new DatabaseSync(':memory:'))).toEqual({ timeout: 2_000 })
  expect(patience(new DatabaseSync(':memory:', { timeout: 77 }))).toEqual({ timeout: 77 })
})
