// What a process takes that serves the sessions of a file: sqlite-process.ts <file> <how many there are>. Prints JSON.
import { sqliteStore } from 'keepsake/sqlite'
import { idOf, textOf } from './many.ts'

const [file = '', size = ''] = process.argv.slice(2)
const store = sqliteStore(file)
for (let i = 0; i < 20_000; i++) {
  const id = idOf(Math.floor(Math.random() * Number(size)))
  const record = store.get(id)
  if (record === null) throw new Error(`${id} is not there`)
  if (i % 20 === 0) store.update(id, textOf(i), record.expires, record.version)
}
;(globalThis as { gc?: () => void }).gc?.()
process.stdout.write(JSON.stringify(process.memoryUsage.rss()))
