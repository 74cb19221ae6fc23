import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type IoRedis, type RedisStore, redisStore } from '../../src/redis.ts'
import { freshId, freshOwner } from '../../src/testing/contract-names.ts'
import { installed } from '../services.ts'
import { testHalfLogins } from './half-login-suite.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const DAY = 86_400_000

describe.runIf(installed('redis-server'))("redisStore's keys", () => {
  let server: RedisServer
  let redis: Redis
  let store: RedisStore

  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.port, '127.0.0.1')
    store = redisStore(redis)
  })

  afterAll(async () => {
    redis.disconnect()
    await server.stop()
  })

  /** A client whose connection is lost after so many commands. */
  const cutAfter = (commands: number): IoRedis => {
    let left = commands
    const cut = async (): Promise<void> => {
      if (left-- <= 0) throw new Error('connection lost')
    }
    return {
      get: (key) => cut().then(() => redis.get(key)),
      call: (command, ...args) => cut().then(() => redis.call(command, ...args)),
    }
  }

  /** A client of a process that ends as soon as it has written an owner's entry. */
  const killedOnceEntered = (): IoRedis => {
    let entered = false
    const alive = async (): Promise<void> => {
      if (entered) throw new Error('killed')
    }
    const call = async (command: string, ...args: string[]): Promise<unknown> => {
      await alive()
      const answer = await redis.call(command, ...args)
      entered = args.some((arg) => arg.startsWith('keepsake:o:'))
      return answer
    }
    return { get: (key) => alive().then(() => redis.get(key)), call }
  }

  /** A client whose commands are done one at a time, when the test says so. */
  const stepwise = (): { readonly client: IoRedis; readonly step: () => Promise<unknown> } => {
    const waiting: (() => Promise<unknown>)[] = []
    const call = (command: string, ...args: string[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        waiting.push(() => redis.call(command, ...args).then(resolve, reject))
      })
    const step = async (): Promise<unknown> => {
      await vi.waitUntil(() => waiting.length > 0, { interval: 1 })
      return waiting.shift()?.()
    }
    return { client: { get: (key) => redis.get(key), call }, step }
  }

  const entries = async (owner: string): Promise<string[]> =>
    (await redis.zrange(`keepsake:o:${owner}`, '0', '-1')).map((entry) => entry.split(' ')[0] ?? '')

  const listed = async (owner: string): Promise<string[]> => (await store.list(owner, 99)).map(({ id }) => id)

  const dies = (key: string): Promise<number> => redis.pexpiretime(key)

  it('live as long as the record does, and not much longer', async () => {
    const id = freshId()
    const left = (): Promise<number> => redis.pttl(`keepsake:s:${id}`)
    const daysOf = (milliseconds: number): number => milliseconds / DAY
    await store.create(id, 'x', new Date(Date.now() + DAY))
    expect(daysOf(await left())).toBeCloseTo(1, 3)
    await store.update(id, 'y', new Date(Date.now() + 3 * DAY), 1)
    expect(daysOf(await left())).toBeCloseTo(3, 3)
    await store.touch(id, new Date(Date.now() + 2 * DAY), 2)
    expect(daysOf(await left())).toBeCloseTo(2, 3)
  })

  it('hold an owner longer than the records, also where those are renewed again and again', async () => {
    let now = Date.now()
    const clock = (): number => now
    const [id, owner] = [freshId(), freshOwner()]
    const seen = redisStore(redis, { clock })
    await seen.create(id, 'x', new Date(now + DAY), owner)
    for (let visit = 1; visit <= 8; visit++) {
      now += 0.9 * DAY
      const visited = visit % 2 ? seen : redisStore(redis, { clock })
      expect(await visited.touch(id, new Date(now + DAY), 1)).toBe(true)
      expect(await dies(`keepsake:o:${owner}`)).toBeGreaterThan(await dies(`keepsake:s:${id}`))
      expect((await visited.list(owner, 9)).map((record) => record.id)).toEqual([id])
    }
    expect(new Set(await entries(owner))).toEqual(new Set([id]))
    const longer = freshId()
    await seen.create(longer, 'x', new Date(now + 30 * DAY), owner)
    expect(await dies(`keepsake:o:${owner}`)).toBeGreaterThan(await dies(`keepsake:s:${longer}`))
  })

  it('hold an owner longer than a record that a process renews which never read it', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    await store.create(id, 'x', new Date(Date.now() + DAY), owner)
    expect(await redisStore(redis).touch(id, new Date(Date.now() + 9 * DAY), 1)).toBe(true)
    expect(await dies(`keepsake:o:${owner}`)).toBeGreaterThan(await dies(`keepsake:s:${id}`))
  })

  it('name an owner before the record does, so that a kill between the two hides nobody', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    const later = new Date(Date.now() + DAY)
    await expect(redisStore(cutAfter(1)).create(id, 'x', later, owner)).rejects.toThrow('connection lost')
    expect([await store.get(id), await entries(owner), await listed(owner)]).toEqual([null, [id], []])
    // for another may be on its way
    expect(await store.create(id, 'x', later, owner)).toBe(true)
    expect(await listed(owner)).toEqual([id])
  })

  it('never name an owner whose entry could not be written', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    const later = new Date(Date.now() + DAY)
    await store.create(id, 'x', later)
    await expect(redisStore(cutAfter(0)).update(id, 'y', later, 1, owner)).rejects.toThrow('connection lost')
    await expect(redisStore(cutAfter(1)).update(id, 'y', later, 1, owner)).rejects.toThrow('connection lost')
    expect([(await store.get(id))?.value, await entries(owner), await listed(owner)]).toEqual(['x', [id], []])
  })

  it('lose an entry that leads nowhere at a list, once no record can come any more', async () => {
    const [id, lost, owner] = [freshId(), freshId(), freshOwner()]
    const longAgo = redisStore(cutAfter(1), { clock: () => Date.now() - 9 * DAY })
    await store.create(id, 'x', new Date(Date.now() + DAY), owner)
    await expect(longAgo.create(lost, 'x', new Date(Date.now() - 8 * DAY), owner)).rejects.toThrow()
    expect(await entries(owner)).toContain(lost)
    expect(await listed(owner)).toEqual([id])
    expect(await entries(owner)).toEqual([id])
  })

  it('lose no entry to an app whose clock is years ahead', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    await store.create(id, 'x', new Date(Date.now() + DAY), owner)
    const ahead = redisStore(redis, { clock: () => Date.now() + 900 * DAY })
    expect(await ahead.list(owner, 9)).toEqual([])
    expect(await listed(owner)).toEqual([id])
  })

  it('are tidied for an owner who signs in again and again and never looks', async () => {
    const owner = freshOwner()
    for (let day = 0; day < 400; day++) {
      const id = freshId()
      await store.create(id, 'x', new Date(Date.now() + DAY), owner)
      // as after some days: the record is gone, and its entry no longer needed
      const [entry = ''] = await redis.zrangebylex(`keepsake:o:${owner}`, `[${id}`, `[${id}~`)
      await redis.del(`keepsake:s:${id}`)
      await redis.zrem(`keepsake:o:${owner}`, entry)
      await redis.zadd(`keepsake:o:${owner}`, 0, `${id} ${Date.now() - DAY}`)
    }
    expect((await entries(owner)).length).toBeLessThan(40)
  })

  testHalfLogins(() => ({
    store,
    killed: () => redisStore(killedOnceEntered()),
    entries: async () => {
      const owners = await redis.keys('keepsake:o:*')
      return (await Promise.all(owners.map((key) => redis.zcard(key)))).reduce((sum, count) => sum + count, 0)
    },
  }))

  it('are gone after a delete, and with the last entry of an owner its key', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    await store.create(id, 'x', new Date(Date.now() + DAY), owner)
    await store.update(id, 'y', new Date(Date.now() + DAY), 1, owner)
    await store.delete(id)
    expect(await redis.exists(`keepsake:s:${id}`, `keepsake:o:${owner}`)).toBe(0)
  })

  it.each([
    '',
    freshOwner(),
  ])('do not trust what this process remembers of an id that is now of %j', async (former) => {
    const [id, owner] = [freshId(), freshOwner()]
    const later = new Date(Date.now() + DAY)
    await store.create(id, 'x', later, owner)
    const other = redisStore(redis)
    await other.delete(id)
    await other.create(id, 'y', later, former)
    expect(await entries(owner)).toEqual([])
    expect(await store.update(id, 'z', later, 1, owner)).toBe(true)
    expect(await listed(owner)).toEqual([id])
  })

  it('do not go with the record of another that had the same id and owner', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    const later = new Date(Date.now() + DAY)
    const [creator, deleter] = [stepwise(), stepwise()]
    await store.create(id, 'x', later, owner)
    const created = redisStore(creator.client).create(id, 'y', later, owner)
    await creator.step()
    await redisStore(redis).update(id, 'z', later, 1, owner)
    const deleted = redisStore(deleter.client).delete(id)
    for (const { step } of [deleter, creator, deleter]) await step()
    expect([await created, await deleted, await listed(owner)]).toEqual([true, undefined, [id]])
  })

  it('all have an end, also where the clock of whoever wrote them is days late', async () => {
    const slow = redisStore(redis, { clock: () => Date.now() - 9 * DAY })
    await slow.create(freshId(), 'x', new Date(Date.now() - 8 * DAY), freshOwner())
    const keys = await redis.keys('*')
    expect(keys.length).toBeGreaterThan(9)
    for (const key of keys) expect(await dies(key), key).toBeGreaterThan(Date.now())
  })

  it('are found without a scan, and never by one', async () => {
    await redis.config('RESETSTAT')
    const [id, owner] = [freshId(), freshOwner()]
    await store.create(id, 'x', new Date(Date.now() + DAY), owner)
    await store.list(owner, 9)
    await store.delete(id)
    const used = Array.from(
      (await redis.info('commandstats')).matchAll(/^cmdstat_(\w+)/gm),
      ([, name]) => name,
    )
    expect(used).toContain('zrangebylex')
    expect(used.filter((name) => /^(keys|scan|zscan|sort)$/.test(name ?? ''))).toEqual([])
  })
})
