// MemoryStore as sessions become many, beside a Map of JSON texts: prints JSON.
import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { MemoryStore, SessionManager } from 'keepsake'
import { interleave, type Job } from '../measure/interleave.ts'
import { median } from '../measure/stats.ts'
import { type Data, SECRET } from '../micro/data.ts'
import { textOf } from './many.ts'
import { count, visitors } from './visitors.ts'

const HOUR = 3_600_000
const most = process.argv.includes('--quick') ? 1e5 : 1e6
const sizes = [1e3, 1e4, 1e5, 1e6].filter((size) => size <= most)
const VISITORS = 500
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {})

interface Kept {
  put(id: string, text: string): void
  get(id: string): unknown
}

let now = Date.now()
const kinds: Readonly<Record<string, () => object | Promise<object>>> = {
  map() {
    const map = new Map<string, string>()
    const kept: Kept = { put: (id, text) => void map.set(id, text), get: (id) => map.get(id) }
    return { rows: grow('limit: a Map of JSON', kept), pause: 0, withGarbage: 0 }
  },
  async store() {
    const store = new MemoryStore({ maxSessions: 2e6, clock: () => now })
    const kept: Kept = {
      put: (id, text) => void store.create(id, text, new Date(now + HOUR)),
      get: (id) => store.get(id),
    }
    return { rows: grow('MemoryStore', kept), ...(await longestPauses()) }
  },
  async requests() {
    return interleave(await Promise.all(sizes.map(requestsAt)), { rounds: 21, ms: 12 })
  },
}
process.stdout.write(JSON.stringify(await kinds[process.argv.at(-1) ?? '']?.()))

function grow(name: string, kept: Kept): object[] {
  const rows: object[] = []
  collect()
  const before = process.memoryUsage().heapUsed
  let count = 0
  for (const target of sizes) {
    for (; count < target; count++) kept.put(idOf(count), textOf(count))
    collect()
    const bytes = (process.memoryUsage().heapUsed - before) / count
    rows.push({
      name,
      sessions: count,
      bytes,
      getUs: timed(() => kept.get(idOf(Math.floor(Math.random() * count)))),
    })
  }
  return rows
}

/** Requests of some visitors, where the store holds so many sessions. */
async function requestsAt(size: number): Promise<Job> {
  const store = new MemoryStore({ maxSessions: 2e6, clock: () => now })
  for (let i = 0; i < size; i++) store.create(idOf(i), textOf(i), new Date(now + HOUR))
  const sessions = new SessionManager<Data>({ secrets: SECRET, cookie: { secure: true }, store })
  const cookies = await visitors(sessions, VISITORS)
  return {
    name: String(size),
    prepare: () => cookies[Math.floor(Math.random() * VISITORS)],
    work: (cookie: string) => count(sessions, cookie),
  }
}

/** Times of a call, ms: when it began and ended, and what its thread took. */
interface Call {
  readonly start: number
  readonly end: number
  readonly ms: number
}

/** So many sessions expire at once: the longest call after that, ms, with what the garbage collector did in it and without. */
async function longestPauses(): Promise<{ pause: number; withGarbage: number }> {
  const collections: PerformanceEntry[] = []
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })
  const store = new MemoryStore({ maxSessions: 2e6, clock: () => now })
  for (let i = 0; i < most; i++) store.create(idOf(i), textOf(i), new Date(now + HOUR))
  now += 2 * HOUR
  collect()
  const calls: Call[] = []
  for (let i = 0; i < most; i++) {
    const [id, text, expires] = [idOf(most + i), textOf(i), new Date(now + HOUR)]
    const [start, before] = [performance.now(), process.threadCpuUsage()]
    store.create(id, text, expires)
    const [end, { user, system }] = [performance.now(), process.threadCpuUsage(before)]
    // the others can't be the longest; what another process took is not the store's
    if (end - start > 0.2) calls.push({ start, end, ms: Math.min(end - start, (user + system) / 1000) })
  }
  // entries arrive a turn later
  await new Promise((resolve) => setTimeout(resolve, 100))
  const garbageIn = ({ start, end }: Call): number =>
    collections
      .filter(({ startTime }) => startTime >= start - 0.1 && startTime < end)
      .reduce((sum, { duration }) => sum + duration, 0)
  return {
    pause: Math.max(0, ...calls.map((call) => call.ms - garbageIn(call))),
    withGarbage: Math.max(0, ...calls.map(({ ms }) => ms)),
  }
}

function timed(work: () => unknown): number {
  const samples = Array.from({ length: 15 }, () => {
    const start = performance.now()
    for (let i = 0; i < 2000; i++) work()
    return (performance.now() - start) / 2
  })
  return median(samples)
}

function idOf(i: number): string {
  return `${i.toString(36).padStart(8, '0')}0123456789abcd`
}
