import { Redis } from 'ioredis'
import { SessionManager, type Store } from 'keepsake'
import { postgresStore } from 'keepsake/postgres'
import { redisStore } from 'keepsake/redis'
import { Pool } from 'pg'
import { startPostgres } from '../../keepsake/test/stores/postgres-server.ts'
import { startRedis } from '../../keepsake/test/stores/redis-server.ts'

const SESSIONS = 20_000
const SIZES = `select pg_relation_size('sessions') as heap, pg_indexes_size('sessions') as indexes`

/** What one logged-in session takes in each engine: bytes, on average over many. */
export async function sizes(): Promise<object> {
  return { sessions: SESSIONS, redis: await inRedis(), postgres: await inPostgres() }
}

async function inRedis(): Promise<object> {
  const server = await startRedis()
  const client = new Redis(server.port, '127.0.0.1')
  try {
    const before = await used(client)
    const id = await fill(redisStore(client))
    const record = await client.memory('USAGE', `keepsake:s:${id}`)
    const [owner = ''] = await client.keys('keepsake:o:*')
    return {
      text: await client.strlen(`keepsake:s:${id}`),
      record,
      ownersEntry: await client.memory('USAGE', owner),
      memoryOfTheServer: ((await used(client)) - before) / SESSIONS,
    }
  } finally {
    client.disconnect()
    await server.stop()
  }
}

async function used(client: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
}

async function inPostgres(): Promise<object> {
  const server = await startPostgres()
  const pool = new Pool({ connectionString: server.url, max: 4 })
  try {
    const store = postgresStore(pool)
    await store.migrate()
    await fill(store)
    const { heap, indexes } = (await pool.query(SIZES)).rows[0]
    return { heap: heap / SESSIONS, indexes: indexes / SESSIONS }
  } finally {
    await pool.end()
    await server.stop()
  }
}

/** Logs so many visitors in, each another user with a small cart; answers the id of the last. */
async function fill(store: Store): Promise<string> {
  const sessions = new SessionManager<{ cart: string[]; theme: string }>({
    secrets: 'rT5mYc8WvKq2LhXz7NdPbF4sJg9uAe3oHi6xQkVtB1U',
    store,
    onEvent: () => {},
  })
  let last = ''
  const one = async (number: number): Promise<void> => {
    await sessions.run(new Request('https://shop.test/'), (session) => {
      session.login(`user-${number}`)
      session.data = { cart: ['tea', 'milk', 'sugar'], theme: 'dark' }
      last = session.id
      return new Response()
    })
  }
  for (let from = 0; from < SESSIONS; from += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, number) => one(from + number)))
  }
  return last
}
