import { spawn } from 'node:child_process'
import { createClient } from 'redis'
import { burst, type Visited, visit, visitor } from '../http/load.ts'
import { Server } from '../http/server.ts'
import { runJson, runtimes } from '../measure/child.ts'
import type { Measured } from '../measure/interleave.ts'
import { median } from '../measure/stats.ts'
import { atLeast, atMost, type Result } from '../report/result.ts'
import type { Extent } from './part.ts'

const REDIS_PORT = 20_690

export async function large(extent: Extent): Promise<Result> {
  const measured = await child<Measured[]>('stores/large.ts', extent)
  const figures = new Map(measured.map(({ name, us }) => [name, us]))
  const of = (name: string): number => figures.get(name) ?? Number.NaN
  const limit = of('JSON.parse') + of('JSON.stringify and the walk')
  return {
    tables: [
      {
        title: 'A session of 100 kB in a store, CPU µs',
        columns: ['', 'µs'],
        rows: [
          ...measured.map(({ name, us }) => [name, us]),
          ['the walk alone', of('JSON.stringify and the walk') - of('JSON.stringify')],
        ],
      },
    ],
    targets: [
      atMost('views++ on 100 kB, of parse, stringify and walk', of('views++') / limit, 1.2),
      atMost(
        'an untouched 100 kB session, of views++',
        of('a route that does not look') / of('views++'),
        0.02,
      ),
    ],
  }
}

interface Grown {
  readonly rows: readonly { name: string; sessions: number; bytes: number; getUs: number }[]
  readonly pause: number
  readonly withGarbage: number
}

export async function memory(extent: Extent): Promise<Result> {
  // each in a process of its own: what one leaves behind is not the other's
  const floor = await child<Grown>('stores/memory.ts', extent, 'map')
  const store = await child<Grown>('stores/memory.ts', extent, 'store')
  const requests = await child<Measured[]>('stores/memory.ts', extent, 'requests')
  const rows = [...floor.rows, ...store.rows]
  const { pause, withGarbage } = store
  const at = (name: string, sessions: number) =>
    rows.find((row) => row.name === name && row.sessions === sessions)
  const most = Math.max(...rows.map(({ sessions }) => sessions))
  const ours = at('MemoryStore', most)
  const map = at('limit: a Map of JSON', most)
  return {
    tables: [
      {
        title: 'MemoryStore as sessions become many',
        columns: ['', 'sessions', 'bytes a session', 'read, µs'],
        rows: rows.map(({ name, sessions, bytes, getUs }) => [name, sessions, Math.round(bytes), getUs]),
      },
      {
        title: 'A request, views++, as sessions in MemoryStore become many, CPU µs',
        columns: ['sessions', 'µs'],
        rows: requests.map(({ name, us }) => [Number(name), us]),
      },
      {
        title: 'MemoryStore while all sessions expire, the longest call of all, ms',
        columns: ['', 'ms'],
        rows: [
          ['with what the garbage collector did in it', withGarbage],
          ['without', pause],
        ],
      },
    ],
    targets: [
      atMost('MemoryStore, bytes a session, of a Map of JSON', (ours?.bytes ?? 0) / (map?.bytes ?? 0), 1.15),
      // what grows are misses of the processor's caches
      atMost(
        'a request with 10^6 sessions in MemoryStore, of one with 10^3',
        (requests.at(-1)?.us ?? 0) / (requests[0]?.us ?? 0),
        1.5,
      ),
      atMost(
        'the longest pause of MemoryStore while all sessions expire, but for the garbage collector’s',
        pause,
        5,
        'ms',
      ),
    ],
  }
}

export async function sqlite(extent: Extent): Promise<Result> {
  const measured = await child<Measured[]>('stores/sqlite.ts', extent)
  const us = new Map(measured.map((each) => [each.name, each.us]))
  const times = (step: string): number =>
    (us.get(`better-sqlite3-session-store | ${step}`) ?? Number.NaN) /
    (us.get(`keepsake | ${step}`) ?? Number.NaN)
  return {
    tables: [
      {
        title: 'SQLite through better-sqlite3, CPU µs a call',
        columns: ['', 'µs', 'calls a second'],
        rows: measured.map(({ name, us }) => [name, us, Math.round(1e6 / us)]),
      },
    ],
    targets: ['read', 'write'].map((step) =>
      atLeast(`SQLite, ${step}s a second, of better-sqlite3-session-store`, times(step), 2),
    ),
  }
}

interface GrownFile {
  readonly grown: readonly { sessions: number; bytes: number }[]
  /** Bytes of a process for each size. */
  readonly processes: readonly number[]
  readonly measured: readonly Measured[]
  readonly swept: readonly { sessions: number; median: number; high: number }[]
}

export async function sqliteGrowth(extent: Extent): Promise<Result> {
  const { grown, processes, measured, swept } = await child<GrownFile>('stores/sqlite-growth.ts', extent)
  const figures = new Map(measured.map(({ name, us }) => [name, us]))
  const us = (sessions: number, step: string): number => figures.get(`${sessions} | ${step}`) ?? Number.NaN
  const [few, many] = [grown[0], grown.at(-1)]
  const steps = ['get', 'update', 'create', 'request']
  const grows = (step: string): number => us(many?.sessions ?? 0, step) / us(few?.sessions ?? 0, step)
  return {
    tables: [
      {
        title: 'SQLite as sessions become many: the file, the process, and CPU µs of a call and of a request',
        columns: ['sessions', 'bytes a session', 'process, MB', ...steps.slice(0, 3), 'views++'],
        rows: grown.map(({ sessions, bytes }, i) => [
          sessions.toLocaleString('en'),
          Math.round(bytes),
          Math.round((processes[i] ?? 0) / 1e6),
          ...steps.map((step) => us(sessions, step)),
        ]),
      },
      {
        title: 'SQLite when all have expired: ms of a sweep of 128',
        columns: ['sessions', 'median', 'nine of ten within'],
        rows: swept.map(({ sessions, median, high }) => [sessions.toLocaleString('en'), median, high]),
      },
    ],
    targets: [
      ...steps.map((step) =>
        atMost(
          `SQLite with 10^6 sessions, ${step === 'request' ? 'views++' : step}, of that with 10^3`,
          grows(step),
          3,
        ),
      ),
      atMost(
        'SQLite, bytes a session at 10^6, of those at 10^3',
        (many?.bytes ?? 0) / (few?.bytes ?? 0),
        1.2,
      ),
      atMost(
        'a process that serves SQLite with 10^6 sessions, of one with 10^3',
        (processes.at(-1) ?? 0) / (processes[0] ?? 0),
        1.2,
      ),
      atMost('SQLite with 10^6 sessions, a sweep of 128', swept.at(-1)?.median ?? 0, 5, 'ms'),
    ],
  }
}

/** The same Redis, the same run: how much of a bare server's requests are left. */
export async function redis(extent: Extent): Promise<Result> {
  const names = [
    'bare Hono',
    'Hono, keepsake',
    'Hono, GET and SET and no more',
    'bare Express',
    'Express, express-session and connect-redis',
  ]
  const engine = spawn('redis-server', ['--port', String(REDIS_PORT), '--save', '', '--bind', '127.0.0.1'], {
    stdio: 'ignore',
  })
  process.env.REDIS_URL = `redis://127.0.0.1:${REDIS_PORT}`
  await new Promise((resolve) => setTimeout(resolve, 500))
  const servers = await Promise.all(
    names.map((name, i) => Server.start(runtimes.node, '../stores/redis-apps.ts', name, 20_691 + i)),
  )
  try {
    const trips = await roundTrips(servers[1] as Server)
    const { perSecond, p99 } = await throughput(servers, extent === 'quick' ? 2 : 6)
    const left = (name: string, bare: string): number =>
      (perSecond.get(name) ?? 0) / (perSecond.get(bare) ?? 0)
    const ours = left('Hono, keepsake', 'bare Hono')
    const theirs = left('Express, express-session and connect-redis', 'bare Express')
    return {
      tables: [
        {
          title: 'Redis, views++',
          columns: ['', 'requests a second', 'p99 ms'],
          rows: names.map((name) => [name, Math.round(perSecond.get(name) ?? 0), p99.get(name) ?? 0]),
        },
      ],
      targets: [
        atLeast('Redis: what is left of the bare server, of what express-session leaves', ours / theirs, 1.5),
        atMost('Redis: round trips of a request that ignores its session', trips.ignore, 1, 'round trips'),
        atMost('Redis: round trips of views++', trips.count, 2, 'round trips'),
      ],
    }
  } finally {
    for (const server of servers) server.stop()
    engine.kill()
  }
}

async function throughput(servers: readonly Server[], rounds: number) {
  const samples = new Map(servers.map(({ name }) => [name, [] as { perSecond: number; p99: number }[]]))
  const visits: Visited[] = []
  for (const server of servers) visits.push(await visit(server))
  for (let round = 0; round < rounds; round++) {
    for (const visited of visits) {
      const sample = await burst(visited, '/count', 32)
      // the first round warms
      if (round > 0) samples.get(visited.server.name)?.push(sample)
    }
  }
  const middle = (key: 'perSecond' | 'p99') =>
    new Map([...samples].map(([name, all]) => [name, median(all.map((sample) => sample[key]))]))
  return { perSecond: middle('perSecond'), p99: middle('p99') }
}

/** Round trips to Redis for one request: how often Redis itself has read from its clients. */
async function roundTrips(server: Server): Promise<{ count: number; ignore: number }> {
  const client = await createClient({ url: process.env.REDIS_URL ?? '' }).connect()
  const headers = { cookie: await visitor(server) }
  const reads = async (): Promise<number> =>
    Number(/total_reads_processed:(\d+)/.exec(await client.info('stats'))?.[1])
  const during = async (path: string): Promise<number> => {
    const before = await reads()
    for (let i = 0; i < 100; i++) await (await fetch(server.url + path, { headers })).text()
    // one is our own question
    return ((await reads()) - before - 1) / 100
  }
  const counted = { ignore: await during('/ignore'), count: await during('/count') }
  client.destroy()
  return counted
}

function child<Printed>(file: string, extent: Extent, ...args: string[]): Promise<Printed> {
  return runJson<Printed>(runtimes.node, file, extent === 'quick' ? ['--quick', ...args] : args)
}
