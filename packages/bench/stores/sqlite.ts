// Reads and writes a second in SQLite, beside better-sqlite3-session-store on a database of the same kind: prints JSON.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sqliteStore } from 'keepsake/sqlite'
import { interleave } from '../measure/interleave.ts'
import { small } from '../micro/data.ts'

// imported without their types: those would say what `req.session` is in all of this repository
const { default: session } = await import('express-session' as string)
const { default: makeStore } = await import('better-sqlite3-session-store' as string)

const folder = mkdtempSync(join(tmpdir(), 'keepsake-bench-'))
const open = (name: string): Database.Database => {
  const database = new Database(join(folder, name))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  return database
}
const MANY = 10_000
const expires = new Date(Date.now() + 3_600_000)
const data = { cookie: { originalMaxAge: 3_600_000, maxAge: 3_600_000, path: '/' }, ...small() }
const text = JSON.stringify(small())

const ours = sqliteStore(open('ours.db') as never)
interface Theirs {
  get(id: string, done: (error: unknown, found: unknown) => void): void
  set(id: string, data: object, done: () => void): void
}
const SqliteStore = makeStore(session) as new (options: object) => Theirs
const theirs = new SqliteStore({ client: open('theirs.db') })
const versions = new Map<string, number>()
for (let i = 0; i < MANY; i++) {
  ours.create(`id${i}`, text, expires)
  versions.set(`id${i}`, 1)
  theirs.set(`id${i}`, data, () => {})
}
const any = (): string => `id${Math.floor(Math.random() * MANY)}`

const quick = process.argv.includes('--quick')
const measured = await interleave(
  [
    { name: 'keepsake | read', prepare: any, work: (id: string) => JSON.parse(ours.get(id)?.value ?? '') },
    {
      name: 'better-sqlite3-session-store | read',
      prepare: any,
      work: (id: string) => theirs.get(id, () => {}),
    },
    {
      name: 'keepsake | write',
      prepare: any,
      work: (id: string) => {
        const version = versions.get(id) ?? 0
        if (!ours.update(id, JSON.stringify(small()), expires, version))
          throw new Error(`${id} was not written`)
        versions.set(id, version + 1)
      },
    },
    {
      name: 'better-sqlite3-session-store | write',
      prepare: any,
      work: (id: string) => theirs.set(id, data, () => {}),
    },
  ],
  { rounds: quick ? 5 : 21, ms: 30 },
)
process.stdout.write(JSON.stringify(measured))
process.exit()
