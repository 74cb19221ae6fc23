import { createClient } from 'redis'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { promises } from '../../../conformance/promises/index.ts'
import { casesOf } from '../../../conformance/promises/prove.ts'
import { type Library, open, type World } from '../../../conformance/promises/world.ts'
import { encryptAtRest } from '../../src/encrypt-at-rest.ts'
import * as core from '../../src/index.ts'
import { jwt } from '../../src/jwt.ts'
import { type RedisClient, redisStore } from '../../src/redis.ts'
import * as testing from '../../src/testing.ts'
import { installed } from '../services.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const lib = { ...core, ...testing, encryptAtRest, jwt } as unknown as Library

describe.runIf(installed('redis-server'))('a manager on Redis', () => {
  let server: RedisServer
  let client: RedisClient & { destroy(): void }
  let cases = 0

  beforeAll(async () => {
    server = await startRedis()
    client = await createClient({ url: server.url }).connect()
  })

  afterAll(async () => {
    client.destroy()
    await server.stop()
  })

  const world: World = {
    name: 'Redis',
    backing: 'stored',
    secrets: true,
    store: (clock) => redisStore(client, { clock, prefix: `case ${++cases}` }),
  }

  for (const promised of promises) {
    for (const { name, run } of casesOf(promised, world))
      it(`P${promised.number} ${name}`, async () => run(await open(world, lib)))
  }
})
