import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { createClient, RESP_TYPES } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromRedisRack } from '../../src/import/redis-rack.ts'
import { installed } from '../services.ts'
import { type RedisServer, startRedis } from '../stores/redis-server.ts'
import { hostileTests, open, vectors } from './kit.ts'

type Data = Record<string, unknown>

/** What rack-session makes of a public id. */
const { public_id: ID = '', private_id: PRIVATE = '' } =
  vectors<{ vectors: readonly { format: string; public_id?: string; private_id?: string }[] }>(
    'rack-session-2.1.2',
  ).vectors.find(({ format }) => format === 'rack-session-private-id') ?? {}
const OLD_ID = 'ab'.repeat(32)

/** { 'user' => 'ada', :count => 2, 'big' => 255, 'price' => 7.5 }, whose bytes are not UTF-8. */
const MARSHAL = Buffer.from(
  '04087b0949220975736572063a064554492208616461063b00543a0a636f756e746907492208626967063b00546901ff49220a7072696365063b00546608372e35',
  'hex',
)
const DATA = { user: 'ada', count: 2, big: 255, price: 7.5 }
const common = { until: '2099-01-01', map: (old: Data) => old }

function records(entries: Readonly<Record<string, Uint8Array | string>>) {
  const asked: string[] = []
  const get = async (key: string): Promise<Uint8Array | string | null> => {
    asked.push(key)
    return entries[key] ?? null
  }
  return { asked, get }
}

it('reads what is kept under the hash of the id', async () => {
  const { asked, get } = records({ [`rack:session:${PRIVATE}`]: MARSHAL })
  expect(await open(fromRedisRack({ ...common, get }), { 'rack.session': ID }, 0)).toEqual({
    data: DATA,
    id: ID,
  })
  expect(asked).toEqual([`rack:session:${PRIVATE}`])
  expect(PRIVATE).toBe(`2::${createHash('sha256').update(ID).digest('hex')}`)
})

it('reads what older versions kept under the id itself', async () => {
  const { get } = records({ [`app:${OLD_ID}`]: MARSHAL })
  const reader = fromRedisRack({ ...common, get, namespace: 'app', name: 'sid' })
  expect(await open(reader, { sid: OLD_ID }, 0)).toEqual({ data: DATA, id: OLD_ID })
})

it('reads JSON, as bytes or as a text, also without a namespace', async () => {
  const json = '{"user":"José 😀","__proto__":{"admin":true}}'
  for (const record of [json, Buffer.from(json)]) {
    const { get } = records({ [PRIVATE]: record })
    const taken = await open(fromRedisRack({ ...common, get, namespace: '' }), { 'rack.session': ID }, 0)
    expect(taken).toEqual({ data: { user: 'José 😀' }, id: ID })
  }
})

it('does not take the name of a record for an id', async () => {
  const { asked, get } = records({ [`rack:session:${PRIVATE}`]: MARSHAL })
  const names = [
    PRIVATE,
    PRIVATE.slice(3),
    `rack:session:${PRIVATE}`,
    encodeURIComponent(PRIVATE),
    `../${ID}`,
    'ab',
  ]
  for (const name of names) {
    expect(await open(fromRedisRack({ ...common, get }), { 'rack.session': name }, 0)).toBeUndefined()
  }
  // the digits alone are an id like any other, under which nothing is kept
  expect(asked).toHaveLength(2)
})

it.each([
  ['nothing', new Uint8Array(0)],
  ['an object', Buffer.from('04086f3a0a4f74686572063a0740616906', 'hex')],
  ['no hash', Buffer.from('04085b066906', 'hex')],
  ['anything else', 'garbage'],
])('reads no record that holds %s', async (_, record) => {
  const { get } = records({ [`rack:session:${PRIVATE}`]: record })
  expect(await open(fromRedisRack({ ...common, get }), { 'rack.session': ID }, 0)).toBeUndefined()
})

it('says so when the client made a text of bytes', async () => {
  const { get } = records({ [`rack:session:${PRIVATE}`]: MARSHAL.toString() })
  const reading = open(fromRedisRack({ ...common, get }), { 'rack.session': ID }, 0)
  await expect(reading).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('getBuffer'),
  })
})

it('lets a store that is down be seen', async () => {
  const get = async (): Promise<never> => {
    throw new Error('down')
  }
  await expect(open(fromRedisRack({ ...common, get }), { 'rack.session': ID }, 0)).rejects.toThrow('down')
})

describe('hostile input', () => {
  const { get } = records({ [`rack:session:${PRIVATE}`]: MARSHAL })
  hostileTests(() => ({
    reader: fromRedisRack({ ...common, get }),
    genuine: [{ 'rack.session': ID }],
    now: 0,
  }))
})

if (installed('redis-server')) {
  describe('over Redis', () => {
    let server: RedisServer
    beforeAll(async () => {
      server = await startRedis()
    })
    afterAll(() => server.stop())

    it('reads through ioredis and through node-redis', async () => {
      const io = new Redis(server.url)
      const node = await createClient({ url: server.url }).connect()
      const bytes = node.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
      await io.set(`rack:session:${PRIVATE}`, MARSHAL)
      for (const get of [(key: string) => io.getBuffer(key), (key: string) => bytes.get(key)]) {
        const reader = fromRedisRack({ ...common, get })
        expect(await open(reader, { 'rack.session': ID }, 0)).toEqual({ data: DATA, id: ID })
        expect(await open(reader, { 'rack.session': OLD_ID }, 0)).toBeUndefined()
      }
      io.disconnect()
      node.destroy()
    })
  })
}
