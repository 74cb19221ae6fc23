import { parentPort, workerData } from 'node:worker_threads'
import { SessionManager } from '../../src/index.ts'
import { sqliteStore } from '../../src/sqlite.ts'

const { path, secrets, maxSessions, owner, times } = workerData
const store = sqliteStore(path)
const sessions = new SessionManager({ secrets, store, maxSessions })
const cookies: string[] = []

for (let i = 0; i < times; i++) {
  const session = await sessions.load(new Request('https://example.test/'))
  session.login(owner)
  const sent = await sessions.save(session).catch((error) => {
    if (error.code === 'superseded') return []
    throw error
  })
  cookies.push(...sent.map((line) => line.split(';', 1)[0] ?? ''))
}
store.close()
parentPort?.postMessage(cookies)
