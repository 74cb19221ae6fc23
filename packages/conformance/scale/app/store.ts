import { Cluster } from 'ioredis'
import type { Store } from 'keepsake'
import { postgresStore } from 'keepsake/postgres'
import { redisStore } from 'keepsake/redis'
import { Pool } from 'pg'
import { createCluster } from 'redis'

/** What an app is told about its store. */
export type Told =
  | { readonly redis: readonly number[]; readonly wait: boolean }
  | { readonly postgres: string; readonly connections: number }

/** The store that the environment asks for, in Redis by this client. */
export async function storeFor(client: 'ioredis' | 'node-redis'): Promise<Store> {
  const told = JSON.parse(process.env.SCALE_STORE ?? '{}') as Told
  if ('redis' in told) return client === 'ioredis' ? byIoRedis(told) : byNodeRedis(told)
  const pool = new Pool({
    connectionString: told.postgres,
    max: told.connections,
    connectionTimeoutMillis: 2_000,
  })
  pool.on('error', () => {})
  const store = postgresStore(pool)
  await store.migrate()
  return store
}

type InRedis = Extract<Told, { redis: unknown }>

function byIoRedis({ redis, wait }: InRedis): Store {
  const cluster = new Cluster(redis.map((port) => ({ host: '127.0.0.1', port })))
  cluster.on('error', () => {})
  return redisStore(cluster, wait ? { replicas: 1 } : {})
}

async function byNodeRedis({ redis, wait }: InRedis): Promise<Store> {
  const cluster = createCluster({ rootNodes: redis.map((port) => ({ url: `redis://127.0.0.1:${port}` })) })
  cluster.on('error', () => {})
  await cluster.connect()
  return redisStore(cluster, wait ? { replicas: 1 } : {})
}
