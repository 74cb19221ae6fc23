import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IoRedis, type RedisClient, type RedisStore, redisStore } from '../../src/redis.ts'
import { freshId, freshOwner } from '../../src/testing/contract-names.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { installed } from '../services.ts'
import { allPassed } from './checks.ts'
import { CLIENTS, type Connected } from './redis-clients.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const DAY = 86_400_000
const later = (days = 1): Date => new Date(Date.now() + days * DAY)
const here = (file: string): string => new URL(file, import.meta.url).pathname

describe.runIf(installed('redis-server'))('redisStore', () => {
  let server: RedisServer
  let redis: Redis

  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.port, '127.0.0.1')
  })

  afterAll(async () => {
    redis.disconnect()
    await server.stop()
  })

  describe.each(Object.entries(CLIENTS))('through %s', (name, connect) => {
    let connected: Connected
    beforeAll(async () => {
      connected = await connect(server)
    })
    afterAll(() => connected.end())

    describe('keeps the contract', () => {
      const closed = async (): Promise<RedisStore> => {
        const { client, end } = await connect(server)
        await end()
        return redisStore(client)
      }
      const checks = storeContract((clock) => redisStore(connected.client, { clock }), {
        // Upstash's has no connection, and tries again for seconds
        ...(!name.startsWith('@upstash') && { closed }),
      })
      for (const { name, run } of checks) it(name, run)
    })

    it('brings its scripts to a server that has lost them', async () => {
      const store = redisStore(connected.client)
      const [id, owner] = [freshId(), freshOwner()]
      const afresh = async <T>(call: () => Promise<T>): Promise<T> => {
        await redis.script('FLUSH')
        return call()
      }
      expect(await afresh(() => store.create(id, 'one', later(), owner))).toBe(true)
      expect(await afresh(() => store.update(id, 'two', later(), 1, owner))).toBe(true)
      expect(await afresh(() => store.touch(id, later(2), 2))).toBe(true)
      expect(await afresh(() => store.list(owner, 9))).toMatchObject([{ id, value: 'two', version: 2 }])
      await afresh(() => store.delete(id))
      expect(await store.get(id)).toBeNull()
    })
  })

  it('keeps the contract through Bun, also where the server has lost the scripts, and waits for replicas', async () => {
    const bun = here('../../../../node_modules/.bin/bun')
    const { stdout } = await promisify(execFile)(bun, ['run', here('bun-redis.ts'), server.url])
    expect(JSON.parse(stdout)).toEqual({
      results: allPassed({}),
      unknown: false,
      alone: expect.stringMatching(/^store_unavailable: .*0 of 1 replicas have it/),
    })
  }, 60_000)

  describe('through a client that sends every command twice, as after a broken connection', () => {
    const twice: IoRedis = {
      get: (key) => redis.get(key),
      call: async (command, ...args) => {
        await redis.call(command, ...args)
        return redis.call(command, ...args)
      },
    }
    for (const { name, run } of storeContract((clock) => redisStore(twice, { clock }))) it(name, run)
  })

  it('refuses what is no client, such as a promise of one', () => {
    const client = Promise.resolve(redis) as unknown as RedisClient
    expect(() => redisStore(client)).toThrow(expect.objectContaining({ code: 'config' }))
  })

  it('keeps two prefixes apart', async () => {
    const [shop, blog] = [redisStore(redis, { prefix: 'shop' }), redisStore(redis, { prefix: 'blog' })]
    await shop.create('id', 'shop', later(), 'ada')
    expect([await blog.get('id'), await blog.list('ada', 9)]).toEqual([null, []])
    expect(await blog.create('id', 'blog', later(), 'ada')).toBe(true)
    await blog.delete('id')
    expect(await shop.list('ada', 9)).toMatchObject([{ id: 'id', value: 'shop' }])
  })

  it('says so when a key of its own holds something else', async () => {
    const store = redisStore(redis, { prefix: 'foreign' })
    await redis.set('foreign:s:id', 'x')
    await expect(store.get('id')).rejects.toThrow(/not of this library/)
    await expect(store.create('id', 'x', later())).rejects.toThrow()
    expect(await redis.get('foreign:s:id')).toBe('x')
  })

  describe('sends as little as it can', () => {
    const [id, owner, anonymous] = [freshId(), freshOwner(), freshId()]
    const trips: string[] = []
    let store: RedisStore
    beforeAll(() => {
      store = redisStore(counting(redis, trips), { prefix: 'counted' })
    })

    it.each<[string, () => unknown, string[]]>([
      ['a create', () => store.create(anonymous, 'x', later()), ['evalsha']],
      ['a create with an owner', () => store.create(id, 'x', later(), owner), ['evalsha', 'evalsha']],
      ['a get', () => store.get(id), ['get']],
      ['an update', () => store.update(id, 'y', later(), 1, owner), ['evalsha']],
      ['a touch', () => store.touch(id, later(), 2), ['evalsha']],
      ['a login', () => store.update(anonymous, 'y', later(), 1, owner), ['evalsha', 'evalsha']],
      ['an update after it', () => store.update(anonymous, 'z', later(), 2, owner), ['evalsha']],
      ['a renewal beyond the entry', () => store.touch(id, later(9), 2), ['evalsha', 'evalsha']],
      ['one more', () => store.touch(id, later(10), 2), ['evalsha']],
      ['a list of two', () => store.list(owner, 9), ['evalsha', 'get get']],
      ['a delete', () => store.delete(freshId()), ['evalsha']],
      ['a delete of what has an owner', () => store.delete(id), ['evalsha', 'evalsha']],
    ])('for %s', async (_, call, expected) => {
      trips.length = 0
      expect(await call()).not.toBe(false)
      expect(trips).toEqual(expected)
    })

    it('for an update of what another process wrote', async () => {
      const other = freshId()
      await redisStore(redis, { prefix: 'counted' }).create(other, 'x', later(), owner)
      trips.length = 0
      await store.get(other)
      expect(await store.update(other, 'y', later(), 1, owner)).toBe(true)
      expect(trips).toEqual(['get', 'evalsha'])
    })
  })
})

/** A client that writes down its round trips: what was sent together is one. */
function counting(redis: Redis, trips: string[]): IoRedis {
  let pending = 0
  const sent = async (command: string, answer: () => Promise<unknown>): Promise<unknown> => {
    if (pending++ === 0) trips.push(command)
    else trips.push(`${trips.pop()} ${command}`)
    return answer().finally(() => pending--)
  }
  return {
    get: (key) => sent('get', () => redis.get(key)),
    call: (command, ...args) => sent(command, () => redis.call(command, ...args)),
  }
}
