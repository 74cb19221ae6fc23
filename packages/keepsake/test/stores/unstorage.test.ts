import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage, type Driver } from 'unstorage'
import fsLite from 'unstorage/drivers/fs-lite'
import memory from 'unstorage/drivers/memory'
import redis from 'unstorage/drivers/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SessionManager } from '../../src/index.ts'
import { freshId } from '../../src/testing/contract-names.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { browser } from '../../src/testing.ts'
import { unstorageStore } from '../../src/unstorage.ts'
import { installed } from '../services.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const SECRET = 'hTq0mZ4yVw8rKc2nXs6bJd1fLg9pEu3A'
const later = (): Date => new Date(Date.now() + 86_400_000)
const contract = (driver: () => Driver): void => {
  const make = (clock: () => number) => unstorageStore(createStorage({ driver: driver() }), { clock })
  for (const check of storeContract(make, { consistency: 'eventual', list: false, sweep: true })) {
    it(check.name, check.run)
  }
}

describe('unstorageStore in memory', () => contract(memory))

describe('unstorageStore in files', () => {
  const base = mkdtempSync(join(tmpdir(), 'keepsake-unstorage-'))
  afterAll(() => rmSync(base, { recursive: true }))
  contract(() => fsLite({ base }))
})

describe.runIf(installed('redis-server'))('unstorageStore in Redis', () => {
  let server: RedisServer
  let driver: Driver
  beforeAll(async () => {
    server = await startRedis()
    driver = redis({ url: server.url })
  })
  afterAll(async () => {
    await driver.dispose?.()
    await server.stop()
  })
  contract(() => driver)

  it('lets the driver forget what has expired', async () => {
    const id = freshId()
    const storage = createStorage({ driver })
    await unstorageStore(storage, { prefix: 'ttl' }).create(id, 'x', later())
    expect(await driver.getInstance?.().ttl(`ttl:${id}`)).toBeGreaterThan(86_390)
  })
})

describe('unstorageStore', () => {
  it('keeps two prefixes in one storage apart', async () => {
    const storage = createStorage()
    const [shop, blog] = [
      unstorageStore(storage, { prefix: 'shop' }),
      unstorageStore(storage, { prefix: 'blog' }),
    ]
    const id = freshId()
    await shop.create(id, 'of the shop', later())
    expect(await blog.get(id)).toBeNull()
    await blog.delete(id)
    expect((await shop.get(id))?.value).toBe('of the shop')
  })

  it('carries sessions, and says what it can not promise', async () => {
    const sessions = new SessionManager<{ views: number }>({
      secrets: SECRET,
      store: unstorageStore(createStorage()),
    })
    expect(sessions.capabilities).toEqual({
      revocable: true,
      rollbackProtected: false,
      compareAndSet: false,
      listable: false,
      immediate: false,
    })
    const visitor = browser((request) =>
      sessions.run(request, (session) => {
        session.data.views = (session.data.views ?? 0) + 1
        return new Response(String(session.data.views))
      }),
    )
    expect([await visitor.text('/'), await visitor.text('/'), await visitor.text('/')]).toEqual([
      '1',
      '2',
      '3',
    ])
    await expect(sessions.revokeAll('ada')).rejects.toMatchObject({ code: 'not_supported' })
  })
})
