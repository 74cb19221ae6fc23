import { type RedisClient, redisStore } from '../../redis.ts'
import { usage } from '../failure.ts'
import { type Module, withInstalled } from './client.ts'
import type { OpenStore, Target } from './target.ts'

interface Connected {
  readonly client: RedisClient
  close(): unknown
}

/** For one command, a server that does not answer at once is down. */
const CONNECT_MS = 5_000

/** Connects the app's client, node-redis or ioredis. */
export async function openRedis({ place, table, prefix }: Target): Promise<OpenStore> {
  if (table !== undefined) throw usage('--table is for SQLite and Postgres; for Redis there is --prefix.')
  const { client, close } = await withInstalled<Connected>('Redis', {
    redis: (module) => nodeRedis(module, place),
    ioredis: (module) => ioRedis(module, place),
  })
  return { store: redisStore(client, prefix === undefined ? {} : { prefix }), close }
}

async function nodeRedis({ createClient }: Module, url: string): Promise<Connected> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS } })
  client.on('error', () => undefined)
  const close = () => client.destroy?.() ?? client.disconnect()
  await soon(client.connect(), close)
  return { client, close }
}

async function ioRedis({ Redis }: Module, url: string): Promise<Connected> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: CONNECT_MS })
  let why: unknown
  client.on('error', (error: unknown) => {
    why = error
  })
  const close = () => client.disconnect()
  const connecting = client.connect().catch((error: unknown) => {
    throw why ?? error
  })
  await soon(connecting, close)
  return { client, close }
}

/** Both count their time until the port is open: what takes it and then says nothing would be waited for. */
async function soon(connecting: Promise<unknown>, close: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${CONNECT_MS / 1_000} seconds`)
    timer = setTimeout(reject, CONNECT_MS, error)
  })
  try {
    await Promise.race([connecting, late])
  } catch (error) {
    close()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
