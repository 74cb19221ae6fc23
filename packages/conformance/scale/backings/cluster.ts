import { execFile } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../../keepsake/test/services.ts'
import { type RedisServer, startRedis } from '../../../keepsake/test/stores/redis-server.ts'

/** What `CLUSTER NODES` says of one. */
export interface Known {
  readonly id: string
  readonly port: number
  readonly primary: boolean
  /** Whose replica it is. */
  readonly of: string
  readonly slots: readonly (readonly [from: number, to: number])[]
}

/** Starts three primaries with a replica each, and waits until every replica has all of its primary. */
export async function startReplicatedCluster(): Promise<readonly RedisServer[]> {
  const nodes: RedisServer[] = []
  try {
    for (let node = 0; node < 6; node++) nodes.push(await startNode())
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
    await cli('--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes')
    for (const { port } of nodes) await says(port, ['cluster', 'info'], 'cluster_state:ok')
    await allSynced(nodes)
    return nodes
  } catch (error) {
    for (const node of nodes) await node.stop()
    throw error
  }
}

/** Until no replica is behind for good: each has synced, and its link is up. */
export async function allSynced(nodes: readonly RedisServer[]): Promise<void> {
  const known = await topology(nodes[0]?.port ?? 0)
  for (const { port, primary } of known) {
    if (!primary) await says(port, ['info', 'replication'], 'master_link_status:up')
  }
}

export async function topology(port: number): Promise<Known[]> {
  const lines = (await cli('-p', String(port), 'cluster', 'nodes')).trim().split('\n')
  return lines.map((line) => {
    const [id = '', address = '', flags = '', of = '', , , , , ...slots] = line.split(' ')
    const ranges = slots.map((range) => range.split('-').map(Number))
    return {
      id,
      port: Number(/:(\d+)/.exec(address)?.[1]),
      primary: flags.includes('master'),
      of,
      slots: ranges.map(([from = 0, to = from]) => [from, to] as const),
    }
  })
}

/** Until a node says this; fails after half a minute. */
export async function says(port: number, command: readonly string[], expected: string): Promise<void> {
  for (let round = 0; round < 600; round++) {
    const said = await cli('-p', String(port), ...command).catch(() => '')
    if (said.includes(expected)) return
    await setTimeout(50)
  }
  throw new Error(`redis ${port} did not say ${expected}`)
}

export async function cli(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('redis-cli', args)).stdout
}

async function startNode(): Promise<RedisServer> {
  const bus = String(await freePort())
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', bus, '--cluster-node-timeout', '2000']
  return startRedis([...cluster, '--repl-diskless-sync-delay', '0'])
}
