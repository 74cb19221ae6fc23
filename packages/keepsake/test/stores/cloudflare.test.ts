import type { D1Database, DurableObjectNamespace, KVNamespace } from '@cloudflare/workers-types'
import type { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SessionStub } from '../../src/cloudflare/object-stub.ts'
import {
  type DurableObjectStore,
  d1Store,
  durableObjectStore,
  kvStore,
  type SessionObjectNamespace,
} from '../../src/cloudflare.ts'
import { storeSql } from '../../src/core/sql.ts'
import { freshId, freshOwner } from '../../src/testing/contract-names.ts'
import { allPassed, type CheckResult } from './checks.ts'
import { startWorker } from './cloudflare-server.ts'
import { testHalfLogins } from './half-login-suite.ts'

const DAY = 86_400_000
const TEN_MINUTES = 600_000
const later = (): Date => new Date(Date.now() + DAY)

let miniflare: Miniflare
let kv: KVNamespace
let d1: D1Database
let objects: SessionObjectNamespace<unknown>

async function contract(store: 'kv' | 'd1' | 'object'): Promise<CheckResult[]> {
  return (await (await miniflare.dispatchFetch(`http://localhost/${store}`)).json()) as CheckResult[]
}

const stub = (name: string): SessionStub => objects.get(objects.idFromName(name))

beforeAll(async () => {
  miniflare = await startWorker()
  kv = (await miniflare.getKVNamespace('KV')) as unknown as KVNamespace
  d1 = (await miniflare.getD1Database('D1')) as unknown as D1Database
  const namespace: unknown = await miniflare.getDurableObjectNamespace('SESSIONS')
  objects = namespace as DurableObjectNamespace as unknown as SessionObjectNamespace<unknown>
}, 60_000)

afterAll(() => miniflare.dispose())

describe('kvStore', () => {
  it('keeps the contract in workerd', async () => {
    expect(await contract('kv')).toEqual(allPassed({ consistency: 'eventual' }))
  }, 60_000)

  it('lets KV forget a record with its session, but never asks for less than a minute', async () => {
    const store = kvStore(kv, { prefix: 'ttl:' })
    const now = Math.floor(Date.now() / 1_000)
    await store.create('long', 'x', new Date((now + 1_000) * 1_000), 'ada')
    await store.create('short', 'x', new Date(Date.now() + 1_000))
    const { keys } = await kv.list({ prefix: 'ttl:' })
    const left = Object.fromEntries(keys.map(({ name, expiration = 0 }) => [name, expiration - now]))
    expect(left['ttl:id:long']).toBeOneOf([1_000, 1_001])
    expect(left['ttl:owner:ada:long']).toBeOneOf([1_000, 1_001])
    expect(left['ttl:id:short']).toBeOneOf([60, 61])
  })

  it('lists beyond one page of keys', async () => {
    const store = kvStore(kv, { prefix: 'many:' })
    const names = Array.from({ length: 1_005 }, (_, i) => `${10_000 + i}`)
    await Promise.all(names.map((id) => kv.put(`many:owner:ada:${id}`, '')))
    for (const id of ['10001', '11004']) await store.create(id, id, later(), 'ada')
    expect((await store.list('ada', 5)).map(({ id }) => id)).toEqual(['10001', '11004'])
    expect((await store.list('ada', 5, '10001')).map(({ id }) => id)).toEqual(['11004'])
  }, 30_000)

  it('keeps two prefixes apart', async () => {
    const [shop, blog] = [kvStore(kv, { prefix: 'shop:' }), kvStore(kv, { prefix: 'blog:' })]
    await shop.create('id', 'shop', later(), 'ada')
    expect([await blog.get('id'), await blog.list('ada', 9)]).toEqual([null, []])
  })
})

describe('d1Store', () => {
  it('keeps the contract in workerd', async () => {
    expect(await contract('d1')).toEqual(allPassed({ sweep: true }))
  }, 60_000)

  it('keeps two tables apart, and migrates as often as it is asked', async () => {
    const [shop, blog] = [d1Store(d1, { table: 'shop' }), d1Store(d1, { table: 'blog' })]
    for (const store of [shop, blog, shop]) await store.migrate()
    await shop.create('id', 'shop', later(), 'ada')
    expect([await blog.get('id'), await blog.list('ada', 9)]).toEqual([null, []])
  })

  it('refuses the table of another library', async () => {
    await d1.exec('CREATE TABLE theirs (sid TEXT PRIMARY KEY)')
    await expect(d1Store(d1, { table: 'theirs' }).migrate()).rejects.toThrow(/has no column id/)
    expect(() => d1Store(d1, { table: 'a b' })).toThrow(/table: expected/)
  })

  it.each(Object.entries(storeSql('indexed')))('answers %s from an index', async (_, sql) => {
    await d1Store(d1, { table: 'indexed' }).migrate()
    const values = Array.from(sql.matchAll(/\?/g), () => 1)
    const plan = await d1
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...values)
      .all()
    for (const { detail } of plan.results) expect(detail).not.toMatch(/SCAN|TEMP B-TREE/)
  })

  it('sweeps at one create in 64', async () => {
    let now = Date.now()
    const store = d1Store(d1, { table: 'swept', clock: () => now })
    await store.migrate()
    for (const id of ['x', 'y', 'z']) await store.create(id, 'x', new Date(now + DAY))
    now += DAY + TEN_MINUTES
    await store.create('A', 'x', new Date(now + DAY))
    expect(await store.sweep(9)).toBe(0)
  })
})

describe('durableObjectStore', () => {
  it('keeps the contract in workerd', async () => {
    expect(await contract('object')).toEqual(allPassed({}))
  }, 60_000)

  it('keeps two prefixes apart', async () => {
    const [shop, blog] = ['shop:', 'blog:'].map((prefix) => durableObjectStore(objects, { prefix }))
    await shop?.create('id', 'shop', later(), 'ada')
    expect([await blog?.get('id'), await blog?.list('ada', 9)]).toEqual([null, []])
  })

  it('forgets an expired session by alarm, unasked', async () => {
    const id = freshId()
    expect(await durableObjectStore(objects).create(id, 'x', new Date(Date.now() + 50))).toBe(true)
    await vi.waitFor(async () => expect(await stub(id).read(0)).toBeNull(), { timeout: 10_000, interval: 50 })
  }, 15_000)

  it('wakes again for a session that was renewed', async () => {
    const id = freshId()
    const store = durableObjectStore(objects)
    await store.create(id, 'x', new Date(Date.now() + 50))
    await store.touch(id, new Date(Date.now() + 400), 1)
    await vi.waitFor(async () => expect(await stub(id).read(0)).toBeNull(), { timeout: 10_000, interval: 50 })
  }, 15_000)

  it('writes the entry of an owner before the session', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    const calls: string[] = []
    const store = durableObjectStore({
      idFromName: (name: string) => name,
      get: (name) => logged(name, calls),
    })
    await store.create(id, 'x', later(), owner)
    await store.update(id, 'y', later(), 1, owner)
    await store.update(id, 'z', later(), 2, 'other')
    expect(calls).toEqual([
      `owner:${owner} own`,
      `${id} create`,
      `${id} update`,
      `${id} update`,
      'owner:other own',
      `${id} update`,
    ])
  })

  testHalfLogins(() => {
    const calls: string[] = []
    const killed = (): DurableObjectStore =>
      durableObjectStore({
        idFromName: (name: string) => name,
        get: (name) => (calls.some(isEntry) ? ended : logged(name, calls)),
      })
    return { store: durableObjectStore(objects), killed, entries: () => calls.filter(isEntry).length }
  })

  it('keeps an entry whose session may still be on its way, and removes it when it no longer can', async () => {
    let now = Date.now()
    const [id, owner] = [freshId(), freshOwner()]
    const store = durableObjectStore(objects, { clock: () => now })
    await stub(`owner:${owner}`).own(id, now + DAY, now)
    expect(await store.list(owner, 9)).toEqual([])
    expect(await stub(`owner:${owner}`).owned('', 9)).toHaveLength(1)
    now += DAY
    expect(await store.list(owner, 9)).toEqual([])
    expect(await stub(`owner:${owner}`).owned('', 9)).toEqual([])
  })

  it('keeps an entry that was written anew while another looked', async () => {
    const [id, owner] = [freshId(), freshOwner()]
    const index = stub(`owner:${owner}`)
    await index.own(id, 1, 0)
    const [before] = await index.owned('', 9)
    await index.own(id, 2, 0)
    await index.disown(before ? [before] : [])
    expect(await index.owned('', 9)).toMatchObject([{ id, until: 2 }])
  })

  it('tidies an owner who signs in every day and never looks', async () => {
    let now = Date.now()
    const owner = freshOwner()
    const store = durableObjectStore(objects, { clock: () => now })
    for (let day = 0; day < 40; day++) {
      const shuffled = String((day * 37) % 100).padStart(2, '0')
      await store.create(shuffled + owner, 'x', new Date(now + DAY), owner)
      now += DAY
    }
    const entries = await stub(`owner:${owner}`).owned('', 100)
    expect(entries.length).toBeLessThan(10)
  }, 30_000)
})

const isEntry = (call: string): boolean => call.endsWith(' own')

/** What a process reaches that was killed. */
const ended = new Proxy({} as SessionStub, { get: () => () => Promise.reject(new Error('killed')) })

function logged(name: string, calls: string[]): SessionStub {
  return new Proxy(stub(name), {
    get: (target, method: keyof SessionStub) => {
      calls.push(`${name} ${method}`)
      return target[method]
    },
  })
}
