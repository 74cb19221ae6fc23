import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ExpressStore, expressStore } from '../../src/express-store.ts'
import { SessionError, SessionManager } from '../../src/index.ts'
import { freshId } from '../../src/testing/contract-names.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { browser } from '../../src/testing.ts'
import { SECRETS } from '../core/kit.ts'
import { installed } from '../services.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

// their types would add a session to every request of every test
const require = createRequire(import.meta.url)
const session = require('express-session')
const later = (): Date => new Date(Date.now() + 86_400_000)

const contract = (open: () => ExpressStore): void => {
  const checks = storeContract((clock) => expressStore(open(), { clock }), {
    consistency: 'eventual',
    list: false,
  })
  for (const { name, run } of checks) it(name, run)
}

const memory = (): ExpressStore => new (require('memorystore')(session))({})

describe('expressStore in memorystore', () => contract(memory))

describe('expressStore in the MemoryStore of express-session', () =>
  contract(() => new session.MemoryStore()))

describe('expressStore in better-sqlite3-session-store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-express-store-'))
  const client = new Database(join(folder, 'sessions.db'))
  // it sweeps from a timer that nobody can stop
  const timers = vi.spyOn(globalThis, 'setInterval').mockReturnValue(undefined as never)
  const store: ExpressStore = new (require('better-sqlite3-session-store')(session))({ client })
  timers.mockRestore()
  afterAll(() => {
    client.close()
    rmSync(folder, { recursive: true })
  })
  contract(() => store)

  it('rejects what the engine rejects', async () => {
    const closed = new Database(':memory:')
    const broken = Object.assign(Object.create(store), { client: closed })
    closed.close()
    await expect(expressStore(broken).get('a')).rejects.toThrow(/not open/)
  })
})

describe.runIf(installed('redis-server'))('expressStore in connect-redis', () => {
  let server: RedisServer
  let client: ReturnType<typeof createClient>
  let store: ExpressStore
  beforeAll(async () => {
    server = await startRedis()
    client = createClient({ url: server.url })
    await client.connect()
    const { RedisStore } = require('connect-redis')
    store = new RedisStore({ client })
  })
  afterAll(async () => {
    client.destroy()
    await server.stop()
  })
  contract(() => store)

  it('lets the engine forget what has expired, not before', async () => {
    const id = freshId()
    const kept = expressStore(store)
    await kept.create(id, 'x', new Date(Date.now() + 10_000))
    expect(await client.pTTL(`sess:${id}`)).toBeGreaterThan(10_000)
    await kept.touch(id, later(), 1)
    expect(await client.ttl(`sess:${id}`)).toBeGreaterThan(86_390)
  })

  it('leaves records of express-session alone', async () => {
    const id = freshId()
    await client.set(`sess:${id}`, '{"cookie":{"path":"/"},"user":"ada"}')
    const kept = expressStore(store)
    expect([await kept.get(id), await kept.update(id, 'x', later(), 1)]).toEqual([null, false])
    expect(await client.get(`sess:${id}`)).toContain('ada')
  })
})

describe('expressStore', () => {
  it('carries sessions, and says what it can not promise', async () => {
    const sessions = new SessionManager<{ views: number }>({
      secrets: SECRETS[0],
      store: expressStore(memory()),
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
        const { pathname } = new URL(request.url)
        if (pathname === '/login') session.login('ada')
        if (pathname === '/logout') session.destroy()
        else session.data.views = (session.data.views ?? 0) + 1
        return new Response(`${session.owner} ${session.data.views}`, { headers: { id: session.id } })
      }),
    )
    const seen: string[] = []
    for (const path of ['/', '/login', '/', '/logout', '/']) seen.push(await visitor.text(path))
    expect(seen).toEqual(['undefined 1', 'ada 2', 'ada 3', 'undefined undefined', 'undefined 1'])
    await visitor.get('/login')
    const { headers } = await visitor.get('/')
    expect(await sessions.revoke(headers.get('id') ?? '', { owner: 'ada' })).toBe(true)
    expect(await visitor.text('/')).toBe('undefined 1')
    await expect(sessions.revokeAll('ada')).rejects.toMatchObject({ code: 'not_supported' })
  })

  it('tells the store a second more than needed, since some count whole seconds', async () => {
    const seen: unknown[] = []
    const store: ExpressStore = {
      get: (_id, done) => done(),
      set: (_id, { cookie }, done) => {
        seen.push(cookie)
        done()
      },
      destroy: (_id, done) => done(),
    }
    await expressStore(store, { clock: () => 5_000 }).create('a', 'x', new Date(15_500))
    expect(seen).toEqual([{ expires: new Date(16_500), maxAge: 11_500, originalMaxAge: 11_500 }])
  })

  it('takes ENOENT for an absence, and any other error for an outage', async () => {
    const failing = (error: object): ExpressStore => ({
      get: (_id, done) => done(error),
      set: (_id, _session, done) => done(error),
      destroy: (_id, done) => done(error),
    })
    const files = expressStore(failing(Object.assign(new Error('no file'), { code: 'ENOENT' })))
    expect(await files.get('a')).toBeNull()
    await files.delete('a')
    await expect(files.create('a', 'x', later())).rejects.toThrow('no file')
    const gone = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT', syscall: 'connect' })
    const socket = expressStore(failing(gone))
    await expect(socket.get('a')).rejects.toThrow('connect ENOENT')
    await expect(socket.delete('a')).rejects.toThrow('connect ENOENT')
    const down = expressStore(failing(new Error('down')))
    await expect(down.get('a')).rejects.toThrow('down')
    await expect(down.create('a', 'x', later())).rejects.toThrow('down')
    await expect(down.delete('a')).rejects.toThrow('down')
  })

  it('hears of a store that throws or rejects in place of calling back', async () => {
    const broken = { set: () => undefined, destroy: () => undefined }
    const throwing = expressStore({
      ...broken,
      get: () => {
        throw new Error('at once')
      },
    })
    await expect(throwing.get('a')).rejects.toThrow('at once')
    const rejecting = expressStore({ ...broken, get: () => Promise.reject(new Error('later')) })
    await expect(rejecting.get('a')).rejects.toThrow('later')
  })

  it.each([undefined, {}, session.MemoryStore])('refuses what is no store: %o', (store) => {
    expect(() => expressStore(store as ExpressStore)).toThrow(SessionError)
    expect(() => expressStore(store as ExpressStore)).toThrow(/give an instance of a store/)
  })
})
