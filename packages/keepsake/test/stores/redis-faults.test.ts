import { Redis } from 'ioredis'
import { describe, it, onTestFinished } from 'vitest'
import { redisStore } from '../../src/redis.ts'
import { installed } from '../services.ts'
import { type Fault, strikeMidway } from './fault-suite.ts'
import { app } from './manager-suite.ts'
import { CLIENTS, type Connected } from './redis-clients.ts'
import { type RedisServer, startRedis } from './redis-server.ts'
import { startProxy } from './tcp-proxy.ts'

const ON_DISK = ['--appendonly', 'yes', '--appendfsync', 'always']

async function flush({ port }: RedisServer): Promise<void> {
  const other = new Redis(port, '127.0.0.1')
  await other.flushall()
  other.disconnect()
}

describe.runIf(installed('redis-server')).each(['node-redis', 'ioredis'])(
  'P27: faults of Redis while visitors count, through %s',
  { timeout: 60_000 },
  (kind) => {
    const strike = async (
      settings: readonly string[],
      fault: (server: RedisServer) => Fault,
    ): Promise<void> => {
      const server = await startRedis(settings)
      onTestFinished(() => server.stop())
      await through(server, fault(server))
    }

    const through = async (server: RedisServer, fault: Fault): Promise<void> => {
      const { client, end } = (await CLIENTS[kind]?.(server)) as Connected
      onTestFinished(end)
      await strikeMidway(`Redis, ${kind}`, app(redisStore(client), end), fault)
    }

    it('killed and started again, with its file', () =>
      strike(ON_DISK, (server) => ({
        name: '`kill -9`, restart, with `appendonly`',
        strike: () => server.signal('SIGKILL'),
        heal: server.restart,
      })))

    it('killed and started again, with nothing on disk', () =>
      strike([], (server) => ({
        name: '`kill -9`, restart, nothing on disk',
        strike: () => server.signal('SIGKILL'),
        heal: server.restart,
        forgets: true,
      })))

    it('stopped, and gone on', () =>
      strike([], (server) => ({
        name: '`SIGSTOP`, later `SIGCONT`',
        strike: () => server.signal('SIGSTOP'),
        heal: () => server.signal('SIGCONT'),
      })))

    it('flushed', () =>
      strike([], (server) => ({
        name: '`FLUSHALL`',
        strike: () => flush(server),
        heal: () => undefined,
        forgets: true,
        told: ['superseded', 'nobody 0'],
      })))

    it.each(['cuts', 'delays', 'truncates'] as const)('behind a network that %s', async (weather) => {
      const server = await startRedis()
      onTestFinished(() => server.stop())
      const proxy = await startProxy(server.port)
      onTestFinished(() => proxy.close())
      const behind = { ...server, port: proxy.port, url: `redis://127.0.0.1:${proxy.port}` }
      await through(behind, {
        name: `a network that ${weather}`,
        strike: () => proxy.turn(weather),
        heal: () => proxy.turn('fair'),
      })
    })
  },
)
