import { parentPort, workerData } from 'node:worker_threads'
import { sqliteStore } from '../../src/sqlite.ts'

const { path, times } = workerData as { readonly path: string; readonly times: number }
const store = sqliteStore(path)
const later = new Date(Date.now() + 86_400_000)
let counted = 0

store.create('counter', '0', later)
while (counted < times) {
  const record = store.get('counter')
  if (record && store.update('counter', `${Number(record.value) + 1}`, later, record.version)) counted++
}
store.close()
parentPort?.postMessage(counted)
