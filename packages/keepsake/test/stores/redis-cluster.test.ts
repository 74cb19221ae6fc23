import { Cluster, Redis } from 'ioredis'
import { createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { redisStore } from '../../src/redis.ts'
import { freshId, freshOwner } from '../../src/testing/contract-names.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { failure } from '../core/kit.ts'
import { installed } from '../services.ts'
import type { Connected } from './redis-clients.ts'
import { type RedisServer, startCluster } from './redis-server.ts'

const later = (): Date => new Date(Date.now() + 86_400_000)

const CLUSTERS: Readonly<Record<string, (nodes: readonly RedisServer[]) => Promise<Connected>>> = {
  'the Cluster of ioredis': async (nodes) => {
    const client = new Cluster(nodes.map(({ port }) => ({ host: '127.0.0.1', port })))
    return { client, end: () => client.disconnect() }
  },
  'the createCluster of node-redis': async (nodes) => {
    const client = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })
    client.on('error', () => undefined)
    await client.connect()
    return { client, end: () => client.destroy() }
  },
}

describe.runIf(installed('redis-server', 'redis-cli'))('redisStore in a cluster of three primaries', () => {
  let nodes: readonly RedisServer[] = []

  beforeAll(async () => {
    nodes = await startCluster()
  }, 60_000)

  afterAll(() => Promise.all(nodes.map((node) => node.stop())))

  describe.each(Object.entries(CLUSTERS))('through %s', (_, connect) => {
    let connected: Connected
    beforeAll(async () => {
      connected = await connect(nodes)
    }, 30_000)
    afterAll(() => connected.end())

    describe('keeps the contract', () => {
      for (const { name, run } of storeContract((clock) => redisStore(connected.client, { clock })))
        it(name, run)
    })

    it('spreads the sessions of one owner, lists them all, and brings lost scripts to each node', async () => {
      const store = redisStore(connected.client, { prefix: 'spread' })
      const owner = freshOwner()
      const ids = Array.from({ length: 60 }, freshId).sort()
      const counts: number[] = []
      for (const { port } of nodes) await on(port, (node) => node.script('FLUSH'))
      for (const id of ids) expect(await store.create(id, id, later(), owner)).toBe(true)
      for (const { port } of nodes) counts.push(await on(port, (node) => node.dbsize()))
      expect((await store.list(owner, 100)).map(({ id }) => id)).toEqual(ids)
      expect(Math.min(...counts)).toBeGreaterThan(0)
    })

    it('asks the primary of a key for replicas, of which it has none', async () => {
      const [store, id] = [redisStore(connected.client), freshId()]
      const waiting = redisStore(connected.client, { replicas: 1 })
      const { message } = await failure('store_unavailable', () => waiting.create(id, 'x', later()))
      expect(message).toContain('0 of 1 replicas have it')
      expect(await store.get(id)).toMatchObject({ value: 'x' })
    })
  })

  it('asks for replicas of an owner’s list, too, where another node has it by now', async () => {
    const client = new Cluster(nodes.map(({ port }) => ({ host: '127.0.0.1', port })))
    onTestFinished(() => client.disconnect())
    const owner = freshOwner()
    await redisStore(client).create(freshId(), 'x', later(), owner)
    forgetNodes(client)
    const creating = (): Promise<boolean> =>
      redisStore(client, { replicas: 1 }).create(freshId(), 'x', later(), owner)
    const { message } = await failure('store_unavailable', creating)
    expect(message).toContain('0 of 1 replicas have it')
  })
})

/** Takes each slot for the next node's, as after a failover that it has not heard of. */
function forgetNodes(client: Cluster): void {
  const slots = Reflect.get(client, 'slots') as string[][]
  const names = [...new Set(slots.flat())]
  for (const [slot, [name = '']] of slots.entries())
    slots[slot] = [names[(names.indexOf(name) + 1) % names.length] ?? '']
}

async function on<T>(port: number, ask: (node: Redis) => Promise<T>): Promise<T> {
  const node = new Redis(port, '127.0.0.1')
  return ask(node).finally(() => node.disconnect())
}
