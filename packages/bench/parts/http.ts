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

type Samples = ReadonlyMap<string, Sample>

/** What a burst took over the bare app, µs of CPU a request, and its p99, ms. */
interface Added {
  readonly cpu: number
  readonly p99: number
}

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

/**
 * Bursts on all servers in turns; the bare app's is the base of its round, and the first round warms. The route that
 * ignores its session comes first, or it would pay for what the other one left to the garbage collector.
 */
async function measure(servers: readonly Server[], extent: Extent): Promise<Samples> {
  const rounds = extent === 'quick' ? 2 : 6
  const visits: Visited[] = []
  for (const server of servers) visits.push(await visit(server))
  try {
    const ignore = await inTurns(visits, '/ignore', rounds)
    const count = await inTurns(visits, '/count', rounds)
    return new Map(
      servers.map(({ name }) => {
        const [ignored, counted] = [ignore.get(name), count.get(name)] as [Added, Added]
        return [name, { count: counted.cpu, ignore: ignored.cpu, p99: counted.p99 }]
      }),
    )
  } finally {
    for (const server of servers) server.stop()
  }
}

async function inTurns(
  visits: readonly Visited[],
  path: string,
  rounds: number,
): Promise<Map<string, Added>> {
  const samples = new Map(visits.map(({ server }) => [server.name, [] as Added[]]))
  for (let round = 0; round < rounds; round++) {
    let bare = 0
    for (const visited of visits) {
      const { name } = visited.server
      const { cpu, p99 } = await burst(visited, path)
      if (name === 'bare') bare = cpu
      if (round > 0) samples.get(name)?.push({ cpu: cpu - bare, p99 })
    }
  }
  const middle = (all: readonly Added[], key: keyof Added): number => median(all.map((each) => each[key]))
  return new Map(
    [...samples].map(([name, all]) => [name, { cpu: middle(all, 'cpu'), p99: middle(all, 'p99') }]),
  )
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

function table(title: string, added: Samples): Result['tables'][number] {
  const rows = [...added].map(([name, { count, ignore, p99 }]) => [name, count, ignore, p99])
  return { title, columns: ['', 'views++', 'session ignored', 'p99 ms'], rows }
}
