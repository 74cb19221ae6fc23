import { burst, type Visited, visit, visitor } from '../http/load.ts'
import { Server } from '../http/server.ts'
import { startWorkers } from '../http/workers.ts'
import { type Runtime, runtimes } from '../measure/child.ts'
import { median } from '../measure/stats.ts'
import { atMost, join, type Result, type Target } from '../report/result.ts'
import type { Extent } from './part.ts'

const SEALED = ['keepsake, sealed', 'limit: AES-GCM by hand', '@hono/session', 'iron-session 9']
const BARE = ['bare', 'bare, and a middleware that does nothing']
const EVERYWHERE = [...BARE, 'keepsake, in memory', 'limit: a Map of JSON', ...SEALED]
const ON_NODE = [
  ...EVERYWHERE,
  'hono-sessions, cookie',
  'hono-sessions, in memory',
  '@remix-run/session, cookie',
  '@remix-run/session, in memory',
]

const QUICK = ['bare', 'keepsake, sealed', 'limit: AES-GCM by hand', 'keepsake, in memory']

/** What a server takes over the bare app in the same round, µs of CPU a request. */
interface Sample {
  readonly count: number
  readonly ignore: number
  readonly p99: number
}

type Added = ReadonlyMap<string, Sample>

export async function httpOnNode(extent: Extent): Promise<Result> {
  const added = await measure(await start('node', extent === 'quick' ? QUICK : ON_NODE, 20_700), extent)
  const of = (name: string) => added.get(name) ?? { count: Number.NaN, ignore: Number.NaN }
  const targets: Target[] = [
    atMost(
      'views++ sealed in Hono on Node, of AES-GCM by hand',
      of('keepsake, sealed').count / of('limit: AES-GCM by hand').count,
      1.3,
    ),
    atMost('views++ in memory in Hono on Node, added CPU', of('keepsake, in memory').count, 8, 'µs'),
    atMost('a route that ignores its sealed session, added CPU', of('keepsake, sealed').ignore, 1, 'µs'),
    ...(await untouched()),
  ]
  return { tables: [table('Hono on node-server, added CPU µs a request', added)], targets }
}

export async function httpElsewhere(extent: Extent): Promise<Result> {
  const results: Result[] = []
  if (extent === 'quick') return join([])
  for (const runtime of ['bun', 'deno'] as const) {
    const added = await measure(await start(runtime, EVERYWHERE, 20_730), extent)
    results.push({ tables: [table(`Hono on ${runtime}, added CPU µs a request`, added)], targets: [] })
  }
  const added = await measure(
    await startWorkers(['bare', 'keepsake, sealed', '@hono/session', 'iron-session 9'], 20_760),
    extent,
  )
  results.push({ tables: [table('Hono on workerd, added CPU µs a request', added)], targets: [] })
  return join(results)
}

function start(runtime: Runtime, names: readonly string[], port: number): Promise<Server[]> {
  return Promise.all(names.map((name, i) => Server.start(runtimes[runtime], './serve.ts', name, port + i)))
}

/** Bursts on all servers in turns; the bare app's is the base of its round, and the first round warms. */
async function measure(servers: readonly Server[], extent: Extent): Promise<Added> {
  const rounds = extent === 'quick' ? 2 : 6
  const visits: Visited[] = []
  for (const server of servers) visits.push(await visit(server))
  const samples = new Map(servers.map(({ name }) => [name, [] as Sample[]]))
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [name, sample] of await roundOf(visits)) samples.get(name)?.push(sample)
    }
  } finally {
    for (const server of servers) server.stop()
  }
  return new Map([...samples].map(([name, all]) => [name, middle(all.slice(1))]))
}

async function roundOf(visits: readonly Visited[]): Promise<Added> {
  const bursts = new Map<string, Sample>()
  for (const visited of visits) {
    const count = await burst(visited, '/count')
    const ignore = await burst(visited, '/ignore')
    bursts.set(visited.server.name, { count: count.cpu, ignore: ignore.cpu, p99: count.p99 })
  }
  const bare = bursts.get('bare') as Sample
  return new Map(
    [...bursts].map(([name, { count, ignore, p99 }]) => [
      name,
      { count: count - bare.count, ignore: ignore - bare.ignore, p99 },
    ]),
  )
}

function middle(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample): number => median(samples.map((sample) => sample[key]))
  return { count: of('count'), ignore: of('ignore'), p99: of('p99') }
}

/** A route that ignores its session answers with the very headers of the bare app. */
async function untouched(): Promise<Target[]> {
  const [bare, ours] = await start('node', ['bare', 'keepsake, sealed'], 20_790)
  if (!bare || !ours) return []
  const headersOf = async (server: Server): Promise<string> => {
    const cookie = await visitor(server)
    const { headers } = await fetch(`${server.url}/ignore`, { headers: { cookie } })
    return [...headers].filter(([name]) => name !== 'date').join('\n')
  }
  const same = (await headersOf(bare)) === (await headersOf(ours))
  bare.stop()
  ours.stop()
  return [atMost('headers changed on a route that ignores its session', same ? 0 : 1, 0, 'headers')]
}

function table(title: string, added: Added): Result['tables'][number] {
  const rows = [...added].map(([name, { count, ignore, p99 }]) => [name, count, ignore, p99])
  return { title, columns: ['', 'views++', 'session ignored', 'p99 ms'], rows }
}
