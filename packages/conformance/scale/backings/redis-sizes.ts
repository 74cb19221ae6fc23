import { Redis } from 'ioredis'

/** What records and owners' entries take in the primaries, on average. */
export async function measured(ports: readonly number[]): Promise<string> {
  const sums = { records: 0, text: 0, memory: 0, owners: 0, ownersMemory: 0 }
  for (const port of ports) {
    const node = new Redis(port, '127.0.0.1')
    try {
      if (String(await node.info('replication')).includes('role:master')) await add(node, sums)
    } finally {
      node.disconnect()
    }
  }
  return JSON.stringify(sums)
}

async function add(node: Redis, sums: Record<string, number>): Promise<void> {
  for (const key of await node.keys('keepsake:*')) {
    const memory = Number(await node.memory('USAGE', key, 'SAMPLES', 0))
    const record = key.startsWith('keepsake:s:')
    plus(sums, record ? 'records' : 'owners', 1)
    plus(sums, record ? 'memory' : 'ownersMemory', memory)
    if (record) plus(sums, 'text', await node.strlen(key))
  }
}

function plus(sums: Record<string, number>, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount
}
