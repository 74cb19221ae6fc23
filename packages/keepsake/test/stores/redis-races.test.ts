import { describe } from 'vitest'
import { type RedisStore, redisStore } from '../../src/redis.ts'
import { installed } from '../services.ts'
import { type Rival, testRaces } from './race-suite.ts'
import { CLIENTS, type Connected } from './redis-clients.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

async function rival(kind: string, server: RedisServer): Promise<Rival<RedisStore>> {
  const { client, end } = (await CLIENTS[kind]?.(server)) as Connected
  return { store: (clock = Date.now) => redisStore(client, { clock }), end }
}

describe.runIf(installed('redis-server'))('connections that race', () => {
  testRaces(startRedis, (server) =>
    Promise.all(['node-redis', 'ioredis', 'ioredis'].map((kind) => rival(kind, server))),
  )
})
