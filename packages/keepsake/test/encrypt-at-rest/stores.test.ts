import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encryptAtRest } from '../../src/encrypt-at-rest.ts'
import { MemoryStore, SessionManager, type Store } from '../../src/index.ts'
import { type RedisClient, redisStore } from '../../src/redis.ts'
import { sqliteStore } from '../../src/sqlite.ts'
import { fakeClock } from '../../src/testing.ts'
import { type Data, SECRETS, turn } from '../core/kit.ts'
import { installed } from '../services.ts'
import { type RedisServer, startRedis } from '../stores/redis-server.ts'

const CANARY = 'the cat sat on the mat'
/** How the canary could be written, whole or in part. */
const SPELLINGS = [
  CANARY,
  ...['base64url', 'hex'].map((code) =>
    Buffer.from(CANARY)
      .toString(code as 'hex')
      .slice(4, -4),
  ),
]

/** Puts the canary into data and flash by every kind of write, and shows the bytes of the store after each. */
async function life(store: Store, clock: ReturnType<typeof fakeClock>, look: () => Promise<string> | string) {
  const sessions = new SessionManager<Data>({
    secrets: SECRETS[0],
    store,
    clock: clock.now,
    rotateEvery: '1h',
    encryptAtRest: encryptAtRest(),
  })
  let cookie = ''
  const step = async (use: Parameters<typeof turn>[2]): Promise<void> => {
    const turned = await turn(sessions, cookie, use)
    cookie = turned.cookie
    const bytes = await look()
    expect(bytes).toContain(turned.session.id)
    for (const spelling of SPELLINGS) expect(bytes).not.toContain(spelling)
    clock.advance('1m')
  }
  await step((session) => {
    session.data = { [CANARY]: CANARY }
  })
  await step((session) => session.flash(CANARY, CANARY))
  await step((session) => session.login('ada'))
  await step((session) => sessions.update(session, (data) => void Object.assign(data, { more: CANARY })))
  clock.advance('2h')
  await step(({ data }) => data)
  await step(({ data }) => data)
  await step((session) => session.regenerate())
  const { session } = await turn(sessions, cookie)
  expect(session.data).toEqual({ [CANARY]: CANARY, more: CANARY })
  expect(session.peek(CANARY)).toBe(CANARY)
  expect((await sessions.list('ada')).map(({ id }) => id)).toEqual([session.id])
}

it('memory holds nothing that can be read', async () => {
  const clock = fakeClock()
  const store = new MemoryStore({ clock: clock.now })
  const values = new Map<string, string>()
  const create = store.create.bind(store)
  const update = store.update.bind(store)
  store.create = (id, value, ...rest) => create(id, values.set(id, value).get(id) as string, ...rest)
  store.update = (id, value, ...rest) => update(id, values.set(id, value).get(id) as string, ...rest)
  await life(store, clock, () => JSON.stringify([...values]))
})

describe('SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-rest-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds nothing that can be read, in any of its files', async () => {
    const clock = fakeClock()
    const file = join(folder, 'sessions.db')
    const read = (name: string): string => readFileSync(name, 'latin1')
    await life(sqliteStore(file, { clock: clock.now }), clock, () => read(file) + read(`${file}-wal`))
  })
})

describe.runIf(installed('redis-server'))('Redis', () => {
  let server: RedisServer
  let client: RedisClient & { destroy(): void; sendCommand(args: string[]): Promise<unknown> }

  beforeAll(async () => {
    server = await startRedis()
    client = (await createClient({ url: server.url }).connect()) as unknown as typeof client
  })

  afterAll(async () => {
    client.destroy()
    await server.stop()
  })

  it('holds nothing that can be read', async () => {
    const clock = fakeClock()
    const dump = async (): Promise<string> => {
      const keys = (await client.sendCommand(['KEYS', '*'])) as string[]
      const values = keys.map(async (key) => {
        const type = await client.sendCommand(['TYPE', key])
        const command = { hash: ['HGETALL', key], string: ['GET', key], zset: ['ZRANGE', key, '0', '-1'] }
        return client.sendCommand(command[type as 'hash'])
      })
      return JSON.stringify([keys, await Promise.all(values)])
    }
    await life(redisStore(client, { clock: clock.now }), clock, dump)
  })
})
