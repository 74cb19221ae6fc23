import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ExpressStore, fromExpressSession } from '../../src/import/express-session.ts'
import { SessionManager } from '../../src/index.ts'
import { browser } from '../../src/testing.ts'
import { failure, SECRETS } from '../core/kit.ts'
import { installed } from '../services.ts'
import { startRedis } from '../stores/redis-server.ts'
import { hostileTests, open, vectors } from './kit.ts'

interface Vectors {
  vectors: readonly {
    format: string
    case: string
    secret: string | string[]
    cookie_value_raw: string
    session_id: string
    stored_record: string
    read_back: Record<string, unknown>
  }[]
}

// loaded without their types, which would change those of Express for every file
const load = createRequire(import.meta.url)
const expressSession = load('express-session')

const UNTIL = '2099-01-01'
const map = (old: Record<string, unknown>): Record<string, unknown> => old
const made = vectors<Vectors>('express').vectors.filter(({ format }) => format.startsWith('express-session'))
const NOW = Date.parse('2026-11-20T10:27:00Z')

/** The store of the vectors. */
const recorded: ExpressStore = {
  get: (id, callback) => {
    const found = made.find(({ session_id }) => session_id === id)
    callback(null, found && JSON.parse(found.stored_record))
  },
}

describe('vectors', () => {
  test.each(made)('$case', async ({ secret, cookie_value_raw: value, read_back, session_id: id }) => {
    const reader = fromExpressSession({ secret, store: recorded, until: UNTIL, map })
    const { cookie: _, ...data } = read_back
    expect(await open(reader, { 'connect.sid': value }, NOW)).toEqual({ data, id })
    const ends = Date.parse('2026-11-20T10:27:31.138Z')
    expect(await open(reader, { 'connect.sid': value }, ends)).toBeUndefined()
  })

  test('a rotated secret still opens, one that is gone does not', async () => {
    const [, rotated] = made
    const jar = { 'connect.sid': rotated?.cookie_value_raw ?? '' }
    const reading = (secret: string[]) =>
      open(fromExpressSession({ secret, store: recorded, until: UNTIL, map }), jar, NOW)
    expect(await reading(['newest', 'new-secret'])).toBeDefined()
    expect(await reading(['newest', 'old-secret'])).toBeUndefined()
  })
})

describe('records', () => {
  const reading = (record: unknown, error: unknown = null, more: { rolling?: boolean } = {}) => {
    const store: ExpressStore = { get: (_, callback) => void callback(error, record) }
    const reader = fromExpressSession({ secret: 'keyboard cat', store, until: UNTIL, map, ...more })
    return open(reader, { 'connect.sid': made[0]?.cookie_value_raw ?? '' }, NOW)
  }

  test.each([
    ['without an expiry', { cookie: { expires: null }, n: 1 }, { n: 1 }],
    ['that ends with the browser', { cookie: { expires: false }, n: 1 }, { n: 1 }],
    ['without anything in its cookie', { cookie: {}, n: 1 }, { n: 1 }],
    ['with a Date', { cookie: { expires: new Date(NOW + 1) }, n: 1 }, { n: 1 }],
    ['expired now', { cookie: { expires: new Date(NOW).toISOString() }, n: 1 }, undefined],
    ['with an expiry that is no date', { cookie: { expires: 'soon' }, n: 1 }, undefined],
    ['without cookie', { n: 1 }, undefined],
    ['that is null', null, undefined],
    ['that is a text', 'record', undefined],
  ])('%s', async (_, record, data) => {
    const taken = await reading(record)
    expect(taken).toEqual(data && { data, id: made[0]?.session_id })
  })

  test('one that was touched may say an end that has passed: with rolling the store alone knows', async () => {
    const record = { cookie: { expires: new Date(NOW - 1).toISOString() }, n: 1 }
    expect(await reading(record)).toBeUndefined()
    expect(await reading(record, null, { rolling: true })).toMatchObject({ data: { n: 1 } })
    expect(await reading(null, null, { rolling: true })).toBeUndefined()
  })

  test('a store that fails rejects, a missing file is a missing record', async () => {
    await expect(reading(undefined, new Error('down'))).rejects.toThrow('down')
    expect(await reading(undefined, Object.assign(new Error('no file'), { code: 'ENOENT' }))).toBeUndefined()
    const gone = Object.assign(new Error('no socket'), { code: 'ENOENT', syscall: 'connect' })
    await expect(reading(undefined, gone)).rejects.toThrow('no socket')
    const throwing: ExpressStore = {
      get: () => {
        throw new Error('down')
      },
    }
    const reader = fromExpressSession({ secret: 'keyboard cat', store: throwing, until: UNTIL, map })
    await expect(open(reader, { 'connect.sid': made[0]?.cookie_value_raw ?? '' }, NOW)).rejects.toThrow(
      'down',
    )
  })
})

test.each([
  ['secret', { secret: '' }],
  ['secret', { secret: [] }],
  ['secret', { secret: ['good', undefined] }],
  ['store', { store: undefined }],
  ['store', { store: {} }],
  ['until', { until: undefined }],
])('%s is needed', async (name, more) => {
  const options = { secret: 'keyboard cat', store: recorded, until: UNTIL, map, ...more }
  const { message } = await failure('config', () => fromExpressSession(options as never))
  expect(message).toContain(`fromExpressSession: ${name}`)
})

describe('hostile input', () => {
  let calls = 0
  const store: ExpressStore = {
    get: (id, callback) => {
      calls++
      recorded.get(id, callback)
    },
  }
  hostileTests(() => ({
    reader: fromExpressSession<object, never>({
      secret: 'keyboard cat',
      store,
      until: UNTIL,
      map: map as never,
    }),
    genuine: made
      .filter(({ secret }) => secret === 'keyboard cat')
      .map((it) => ({ 'connect.sid': it.cookie_value_raw })),
    now: NOW,
  }))

  test('no unsigned id reaches the store', () => {
    // each genuine cookie was opened once
    expect(calls).toBe(made.filter(({ secret }) => secret === 'keyboard cat').length)
  })
})

/** Stores of express-session that people use, made anew; and what ends what they need. */
type Made = { readonly store: ExpressStore; readonly end?: () => Promise<void> }
const stores: [string, () => Made | Promise<Made>][] = [
  ['MemoryStore', () => ({ store: new expressSession.MemoryStore() })],
  ['memorystore', () => ({ store: new (load('memorystore')(expressSession))({ checkPeriod: 86_400_000 }) })],
  [
    'better-sqlite3-session-store',
    () => {
      const client = new (load('better-sqlite3'))(':memory:')
      return { store: new (load('better-sqlite3-session-store')(expressSession))({ client }) }
    },
  ],
]
if (installed('redis-server')) stores.push(['connect-redis', redisStore])

interface OldApp {
  readonly origin: string
  close(): Promise<unknown>
}

const secret = 'a secret of the old app'

/** An app on express-session that keeps the same for each visitor. */
async function oldApp(store: ExpressStore, options: object): Promise<OldApp> {
  const old = expressSession({ secret, store, resave: false, saveUninitialized: false, ...options })
  const server = createServer((req, res) =>
    old(req, res, () => {
      const { session } = req as IncomingMessage & { session: Record<string, unknown> }
      Object.assign(session, { user: 'ada', cart: ['tea', 'Zoë'] })
      res.end('ok')
    }),
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return { origin: `http://127.0.0.1:${port}`, close: promisify(server.close.bind(server)) }
}

async function redisStore(): Promise<Made> {
  const server = await startRedis()
  const client = await createClient({ url: server.url }).connect()
  const end = async (): Promise<void> => {
    client.destroy()
    await server.stop()
  }
  return { store: new (load('connect-redis').RedisStore)({ client }), end }
}

describe.each(stores)('a visitor of express-session with %s', (_, makeStore) => {
  let made: Made
  beforeAll(async () => {
    made = await makeStore()
  })
  afterAll(() => made.end?.())

  test.each([60_000, false])('moves in, with a maxAge of %s', async (maxAge) => {
    const app = await oldApp(made.store, { cookie: { maxAge } })
    const [line = ''] = (await fetch(app.origin)).headers.getSetCookie()
    await app.close()
    const reader = fromExpressSession<{ user: string; cart: string[] }, { cart: string[] }>({
      secret: ['newer', secret],
      store: made.store,
      until: UNTIL,
      map: ({ cart }) => ({ cart }),
      owner: ({ user }) => user,
    })
    const sessions = new SessionManager<{ cart: string[] }>({ secrets: SECRETS[0], accept: [reader] })
    const visitor = browser((request) =>
      sessions.run(request, (session) =>
        Response.json([session.outcome, session.owner, session.data.cart, session.authenticatedAt ?? null]),
      ),
    )
    expect(visitor.plant(line.replace(/; Expires=[^;]+/, ''))).toBe(true)
    expect(await (await visitor.get('/')).json()).toEqual(['accepted', 'ada', ['tea', 'Zoë'], null])
    expect(visitor.cookie('connect.sid')).toBeUndefined()
    expect(await (await visitor.get('/')).json()).toEqual(['loaded', 'ada', ['tea', 'Zoë'], null])
  })
})

if (installed('redis-server')) {
  test('connect-redis lets a rolling session live on beyond the end in its record', async () => {
    const { store, end } = await redisStore()
    const app = await oldApp(store, { rolling: true, cookie: { maxAge: 60_000 } })
    const [line = ''] = (await fetch(app.origin)).headers.getSetCookie()
    const cookie = line.split(';', 1)[0] ?? ''
    const records: unknown[] = []
    const noting: ExpressStore = {
      get: (id, callback) =>
        store.get(id, (error, record) => {
          records.push(record?.cookie.expires)
          callback(error, record)
        }),
    }
    const read = (rolling: boolean, now: number) => {
      const reader = fromExpressSession({ secret, store: noting, rolling, until: UNTIL, map })
      return open(reader, { 'connect.sid': cookie.slice('connect.sid='.length) }, now)
    }
    await read(false, Date.now())
    const again = await fetch(app.origin, { headers: { cookie } })
    const ended = Date.parse(String(records[0]))
    expect(again.headers.getSetCookie()).toHaveLength(1)
    expect(await read(false, ended)).toBeUndefined()
    expect(await read(true, ended)).toMatchObject({ data: { user: 'ada' } })
    expect(new Set(records).size).toBe(1)
    await app.close()
    await end?.()
  })
}
