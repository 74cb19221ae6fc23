// A file of SQLite as sessions become many: its size, a process that serves it, and what a call costs. Prints JSON.
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SessionManager } from 'keepsake'
import { type SqliteStore, sqliteStore } from 'keepsake/sqlite'
import { runJson } from '../measure/child.ts'
import { interleave, type Job } from '../measure/interleave.ts'
import { median, quantile } from '../measure/stats.ts'
import { type Data, SECRET } from '../micro/data.ts'
import { idOf, textOf } from './many.ts'
import { count, visitors } from './visitors.ts'

const HOUR = 3_600_000
const VISITORS = 500
const quick = process.argv.includes('--quick')
const sizes = [1e3, 1e4, 1e5, 1e6].filter((size) => size <= (quick ? 1e5 : 1e6))
const folder = mkdtempSync(join(tmpdir(), 'keepsake-bench-'))
let now = Date.now()
const expires = new Date(now + HOUR)

try {
  const grown = grow()
  const processes = await serveEach()
  const measured = await interleave((await Promise.all(sizes.map(jobsAt))).flat(), {
    rounds: quick ? 5 : 41,
    ms: 8,
  })
  now += 2 * HOUR
  const swept = sizes.map(sweepAt)
  process.stdout.write(JSON.stringify({ grown, processes, measured, swept }))
} finally {
  rmSync(folder, { recursive: true })
}

/** Fills one file, and keeps a copy of it at each size. */
function grow(): object[] {
  const database = opened('growing.db')
  const store = sqliteStore(database)
  let count = 0
  return sizes.map((size) => {
    database.exec('BEGIN')
    for (; count < size; count++) store.create(idOf(count), textOf(count), expires, idOf(-count))
    database.exec('COMMIT')
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    copyFileSync(join(folder, 'growing.db'), join(folder, `${size}.db`))
    const { size: bytes } = statSync(join(folder, 'growing.db'))
    return { sessions: size, bytes: bytes / size }
  })
}

/** One after the other, the bytes that a process takes which knows of nothing else. */
async function serveEach(): Promise<number[]> {
  const taken: number[] = []
  for (const size of sizes) {
    const file = join(folder, `served-${size}.db`)
    copyFileSync(join(folder, `${size}.db`), file)
    taken.push(await runJson(['node', '--expose-gc'], 'stores/sqlite-process.ts', [file, String(size)]))
  }
  return taken
}

/** Calls of the store, on any of its sessions, and requests of some of its visitors. */
async function jobsAt(size: number): Promise<Job[]> {
  const store = sqliteStore(opened(`${size}.db`), { clock: () => now })
  const sessions = new SessionManager<Data>({ secrets: SECRET, cookie: { secure: true }, store })
  const cookies = await visitors(sessions, VISITORS)
  const versions = new Map<number, number>()
  const any = (): number => Math.floor(Math.random() * size)
  const fresh = oneAfterTheOther(store, size)
  return [
    { name: `${size} | get`, prepare: any, work: (nth: number) => store.get(idOf(nth)) },
    {
      name: `${size} | update`,
      prepare: any,
      work: (nth: number) => {
        const version = versions.get(nth) ?? 1
        if (!store.update(idOf(nth), textOf(version), expires, version, idOf(-nth)))
          throw new Error(`${nth} was not written`)
        versions.set(nth, version + 1)
      },
    },
    {
      name: `${size} | create`,
      prepare: fresh,
      work: (id: string) => store.create(id, textOf(size), expires, id),
    },
    {
      name: `${size} | request`,
      prepare: () => cookies[Math.floor(Math.random() * VISITORS)],
      work: (cookie: string) => count(sessions, cookie),
    },
  ]
}

/** Ids that are not there yet; what was made of the former ones goes, so that the table keeps its size. */
function oneAfterTheOther(store: SqliteStore, size: number): () => string {
  const made: string[] = []
  let next = size
  return () => {
    const id = idOf(next++)
    const former = made.length > VISITORS ? made.shift() : undefined
    if (former !== undefined) store.delete(former)
    made.push(id)
    return id
  }
}

/** All have expired: what a sweep of 128 takes, ms. */
function sweepAt(size: number): object {
  const store = sqliteStore(opened(`${size}.db`), { clock: () => now })
  const times = Array.from({ length: Math.min(500, Math.floor(size / 128)) }, () => {
    const start = performance.now()
    if (store.sweep(128) !== 128) throw new Error('not all of a batch had expired')
    return performance.now() - start
  })
  return { sessions: size, median: median(times), high: quantile(times, 0.9) }
}

/** As the store opens a file itself, but for waiting for the disk. */
function opened(name: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, name))
  for (const pragma of ['journal_mode = WAL', 'secure_delete = ON', 'synchronous = OFF'])
    database.exec(`PRAGMA ${pragma}`)
  return database
}
