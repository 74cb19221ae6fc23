import { type BunRedis, redisStore } from '../../src/redis.ts'
import { runChecks } from './checks.ts'

interface Host {
  readonly Bun: { readonly RedisClient: new (url: string) => BunRedis & { close(): void } }
}

const { Bun } = globalThis as unknown as Host
const client = new Bun.RedisClient(process.argv[2] ?? '')
const results = await runChecks((clock) => redisStore(client, { clock }), {})
const unknown = await client
  .send('SCRIPT', ['FLUSH'])
  .then(() => redisStore(client).touch('x', new Date(), 1))
const alone = await redisStore(client, { replicas: 1 })
  .create('y', 'x', new Date(Date.now() + 60_000))
  .catch(({ code, message }) => `${code}: ${message}`)
client.close()
console.log(JSON.stringify({ results, unknown, alone }))
