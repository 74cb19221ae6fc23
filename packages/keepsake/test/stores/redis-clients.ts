import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis as UpstashRedis } from '@upstash/redis'
import { Redis as IoRedis } from 'ioredis'
import { createClient } from 'redis'
import type { RedisClient } from '../../src/redis.ts'
import type { RedisServer } from './redis-server.ts'
import { upstashServer } from './upstash-server.ts'

/** A client, and how to be rid of it. */
export interface Connected {
  readonly client: RedisClient
  end(): void | Promise<void>
}

/** How each client of Node is connected to a server. */
export const CLIENTS: Readonly<Record<string, (server: RedisServer) => Promise<Connected>>> = {
  'node-redis': async ({ url }) => {
    const client = createClient({ url })
    client.on('error', () => undefined)
    await client.connect()
    return { client, end: () => client.destroy() }
  },
  ioredis: async ({ port }) => {
    const client = new IoRedis(port, '127.0.0.1')
    client.on('error', () => undefined)
    return { client, end: () => client.disconnect() }
  },
  '@upstash/redis': (server) => upstash(server, false),
  '@upstash/redis, which makes of answers what they look like': (server) => upstash(server, true),
}

async function upstash(server: RedisServer, automaticDeserialization: boolean): Promise<Connected> {
  const redis = new IoRedis(server.port, '127.0.0.1')
  const shim = upstashServer(redis)
  await new Promise<void>((resolve) => shim.listen(0, '127.0.0.1', resolve))
  const { port } = shim.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const client = new UpstashRedis({ url, token: 'token', automaticDeserialization, enableTelemetry: false })
  return { client, end: () => closed(shim, redis) }
}

function closed(shim: Server, redis: IoRedis): void {
  redis.disconnect()
  shim.closeAllConnections()
  shim.close()
}
