import { setTimeout } from 'node:timers/promises'
import type { RedisServer } from '../../../keepsake/test/stores/redis-server.ts'
import { startApps } from '../apps.ts'
import type { Backing } from './backing.ts'
import { allSynced, cli, type Known, says, startReplicatedCluster, topology } from './cluster.ts'
import { measured } from './redis-sizes.ts'

/** How a run treats Redis. */
export interface RedisOptions {
  /** Whether the app waits for a replica after each write. */
  readonly wait: boolean
  /** How long before its end the primary and its replica can't reach each other, ms. */
  readonly apart: number
}

/** How long before its end a primary may have acknowledged what its replica, though in step, had not got yet, ms. */
const BEHIND = 1_000

/** Slots that were moved by the failover, and between which moments what the old primary acknowledged may be lost. */
interface Failover {
  readonly slots: Known['slots']
  readonly synced: number
  readonly promoted: number
}

/** A cluster whose first primary is killed, then comes back as the replica of the one that took its place. */
export async function redis({ wait, apart }: RedisOptions): Promise<Backing> {
  const nodes = await startReplicatedCluster()
  const stopNodes = (): Promise<unknown> => Promise.all(nodes.map((node) => node.stop()))
  const ports = nodes.map(({ port }) => port)
  const apps = await startApps({ redis: ports, wait }).catch(async (error) => {
    await stopNodes()
    throw error
  })
  const past: Failover[] = []
  return {
    apps,
    disturb: async () => {
      const { failover, said } = await failOver(nodes, apart)
      past.push(failover)
      return said
    },
    reason: async ({ id, at }) => {
      const slot = Number(await cli('-p', String(ports.at(-1)), 'cluster', 'keyslot', `keepsake:s:${id}`))
      const covered = ({ slots, synced, promoted }: Failover): boolean =>
        synced - BEHIND < at && at < promoted && slots.some(([from, to]) => from <= slot && slot <= to)
      return past.some(covered) ? 'replication' : undefined
    },
    sizes: () => measured(ports),
    stop: stopNodes,
  }
}

async function failOver(
  nodes: readonly RedisServer[],
  apart: number,
): Promise<{ failover: Failover; said: string }> {
  await allSynced(nodes)
  const synced = Date.now()
  const known = await topology(nodes[0]?.port ?? 0)
  const primary = known.find(({ primary }) => primary)
  const replica = known.find(({ of }) => of === primary?.id)
  const killed = nodes.find(({ port }) => port === primary?.port)
  const heir = nodes.find(({ port }) => port === replica?.port)
  if (!primary || !replica || !killed || !heir) throw new Error('no primary with a replica')
  if (apart > 0) {
    heir.signal('SIGSTOP')
    await cli('-p', String(primary.port), 'client', 'kill', 'type', 'replica')
    await setTimeout(apart)
  }
  const died = Date.now()
  killed.signal('SIGKILL')
  heir.signal('SIGCONT')
  await says(replica.port, ['role'], 'master')
  const promoted = Date.now()
  await killed.restart()
  await says(primary.port, ['info', 'replication'], 'master_link_status:up')
  const said = `primary killed, its replica promoted after ${promoted - died} ms, a replica again after ${Date.now() - died} ms`
  return { failover: { slots: primary.slots, synced, promoted }, said }
}
