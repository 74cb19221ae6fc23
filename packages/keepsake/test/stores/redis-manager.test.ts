import { describe, expect, it, onTestFinished } from 'vitest'
import { redisStore } from '../../src/redis.ts'
import { installed } from '../services.ts'
import { type App, app, testTwoProcesses } from './manager-suite.ts'
import { counted, freezeAndThaw, testOutage, type Visit } from './outage-suite.ts'
import { CLIENTS, type Connected } from './redis-clients.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

async function open(kind: string, server: RedisServer): Promise<App> {
  const { client, end } = (await CLIENTS[kind]?.(server)) as Connected
  return app(redisStore(client), end)
}

describe.runIf(installed('redis-server'))('an app of two processes on one Redis', () => {
  testTwoProcesses(startRedis, async (server) => [
    await open('node-redis', server),
    await open('ioredis', server),
  ])
})

describe.runIf(installed('redis-server')).each(['node-redis', 'ioredis'])(
  'an outage, through %s',
  { timeout: 30_000 },
  (kind) => {
    const visit = (): Promise<Visit<RedisServer>> => counted(startRedis, (server) => open(kind, server))

    testOutage(visit)

    it('is over when the server goes on, or another stands in its place', async () => {
      const { server, visitor } = await visit()
      await freezeAndThaw({ server, visitor })
      await server.stop()
      expect(await visitor.text('/')).toBe('store_unavailable')
      const next = await startRedis([], server.port)
      onTestFinished(() => next.stop())
      await expect.poll(() => visitor.text('/'), { timeout: 10_000 }).toBe('nobody 0')
      expect(await visitor.text('/login/ada')).toBe('ada 0')
    })
  },
)
