import { describe, expect, it, onTestFinished } from 'vitest'
import { type RedisClient, type RedisStore, redisStore } from '../../src/redis.ts'
import { freshId } from '../../src/testing/contract-names.ts'
import { failure } from '../core/kit.ts'
import { installed } from '../services.ts'
import { app } from './manager-suite.ts'
import { CLIENTS, type Connected } from './redis-clients.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const later = (): Date => new Date(Date.now() + 86_400_000)

async function started(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await startRedis(settings)
  onTestFinished(() => server.stop())
  return server
}

async function connected(kind: string, server: RedisServer): Promise<RedisClient> {
  const { client, end } = (await CLIENTS[kind]?.(server)) as Connected
  onTestFinished(end)
  return client
}

/** A primary, and the replica that follows it once this is done. */
async function pair(store: (primary: RedisServer) => Promise<RedisStore>): Promise<{
  readonly primary: RedisServer
  readonly replica: RedisServer
  readonly store: RedisStore
}> {
  const primary = await started(['--repl-diskless-sync-delay', '0'])
  const replica = await started(['--replicaof', '127.0.0.1', String(primary.port)])
  const made = await store(primary)
  const write = (): Promise<boolean> => made.create(freshId(), 'x', later()).catch(() => false)
  await expect.poll(write, { timeout: 10_000 }).toBe(true)
  return { primary, replica, store: made }
}

describe.runIf(installed('redis-server')).each(['node-redis', 'ioredis'])(
  'P27: writes that a replica must have, through %s',
  { timeout: 30_000 },
  (kind) => {
    const waiting = async (primary: RedisServer): Promise<RedisStore> =>
      redisStore(await connected(kind, primary), { replicas: 1 })

    it('are on the replica when they count', async () => {
      const { replica, store } = await pair(waiting)
      const there = redisStore(await connected(kind, replica))
      for (let round = 0; round < 100; round++) {
        const id = freshId()
        expect(await store.create(id, 'one', later(), 'ada')).toBe(true)
        expect(await store.update(id, 'two', later(), 1, 'ada')).toBe(true)
        expect(await there.get(id)).toMatchObject({ value: 'two', version: 2 })
        await store.delete(id)
        expect(await there.get(id)).toBeNull()
      }
    })

    it('fail for good where it hangs, though the primary has them, and cost no visitor the cookie', async () => {
      const { primary, replica, store } = await pair(waiting)
      const { visit } = app(store, () => undefined, '2s')
      const visitor = visit()
      expect(await visitor.text('/login/ada')).toBe('ada 0')
      expect(await visitor.text('/count')).toBe('ada 1')
      const cookies = visitor.cookies()
      replica.signal('SIGSTOP')

      expect(await visitor.text('/count')).toBe('store_unavailable')
      const plain = app(redisStore(await connected(kind, primary)), () => undefined)
      const { value = '' } = visitor.cookie('__Host-Http-session') ?? {}
      const session = await plain.sessions.load(
        new Request('https://example.test/', { headers: { cookie: `__Host-Http-session=${value}` } }),
      )
      expect(session.data.count).toBe(2)
      expect(visitor.cookies()).toEqual(cookies)

      const newcomer = visit()
      expect(await newcomer.text('/login/bob')).toBe('store_unavailable')
      expect(newcomer.cookies()).toEqual([])

      replica.signal('SIGCONT')
      await expect.poll(() => visitor.text('/count'), { timeout: 10_000 }).toMatch(/^ada \d$/)
    })

    it('fail for good where there is none: every kind, with the number', async () => {
      const server = await started()
      const id = freshId()
      await redisStore(await connected(kind, server)).create(id, 'one', later())
      const store = await waiting(server)
      const calls: readonly (() => unknown)[] = [
        () => store.create(freshId(), 'x', later()),
        () => store.update(id, 'two', later(), 1),
        () => store.touch(id, later(), 2),
        () => store.delete(id),
      ]
      const errors = await Promise.all(calls.map((call) => failure('store_unavailable', call)))
      for (const { message } of errors) expect(message).toContain('may be lost: 0 of 1 replicas have it')
    })

    // ioredis keeps its commands, and sends them again
    if (kind === 'ioredis') return
    it('fail for good when the connection breaks', async () => {
      const { primary, store } = await pair(waiting)
      primary.signal('SIGSTOP')
      const error = failure('store_unavailable', () => store.create(freshId(), 'x', later()))
      primary.signal('SIGKILL')
      expect((await error).message).toContain('may be lost')
    })
  },
)

describe.runIf(installed('redis-server'))('replicas', () => {
  it.each([0, -1, 1.5, Number.NaN])('are a whole number from 1, not %d', async (replicas) => {
    const client = await connected('ioredis', await started())
    await failure('config', () => redisStore(client, { replicas }))
  })

  it('can’t be waited for over HTTP', async () => {
    const client = await connected('@upstash/redis', await started())
    const { message } = await failure('config', () => redisStore(client, { replicas: 1 }))
    expect(message).toContain('node-redis, ioredis or Bun')
  })
})
