import { parseArgs } from 'node:util'
import type { Backing } from './backings/backing.ts'
import { objects } from './backings/objects.ts'
import { postgres } from './backings/postgres.ts'
import { redis } from './backings/redis.ts'
import { drive } from './load.ts'
import { startProxy } from './proxy.ts'
import { sizes } from './sizes.ts'
import type { Loss } from './tally.ts'

const { values: asked } = parseArgs({
  options: {
    /** Postgres, Durable Objects or, without either, Redis. */
    postgres: { type: 'boolean', default: false },
    objects: { type: 'boolean', default: false },
    /** In Redis: whether each write waits for a replica; for how many ms the primary has none before it dies. */
    wait: { type: 'boolean', default: false },
    apart: { type: 'string', default: '0' },
    clients: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    /** No load: what a session takes. */
    sizes: { type: 'boolean', default: false },
  },
})

console.log(JSON.stringify(asked.sizes ? await sizes() : await underLoad(), null, 2))

async function underLoad(): Promise<object> {
  const backing = await start()
  const proxy = await startProxy(backing.apps.ports)
  try {
    return await run(proxy.port, backing)
  } finally {
    await proxy.stop()
    await backing.apps.stop()
    await backing.stop()
  }
}

function start(): Promise<Backing> {
  if (asked.postgres) return postgres()
  if (asked.objects) return objects()
  return redis({ wait: asked.wait, apart: Number(asked.apart) })
}

async function run(port: number, backing: Backing): Promise<object> {
  const began = Date.now()
  const load = { port, clients: Number(asked.clients), seconds: Number(asked.seconds) }
  const { tally, disturbance } = await drive(load, backing)
  const seconds = Math.round((Date.now() - began) / 1_000)
  const { lost, resurrected, loggedOut, ...counts } = tally
  if (tally.crossed > 0 || tally.twice > 0) process.exitCode = 1
  return {
    seconds,
    disturbance,
    ...counts,
    lost: await byReason(backing, lost),
    resurrected: await byReason(backing, resurrected),
    loggedOut: await byReason(backing, loggedOut),
    sizes: await backing.sizes(),
  }
}

/** How many there are of each reason; one that nothing explains fails the run. */
async function byReason(backing: Backing, losses: readonly Loss[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const loss of losses) {
    const reason = (await backing.reason(loss)) ?? 'unexplained'
    if (reason === 'unexplained') process.exitCode = 1
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}
