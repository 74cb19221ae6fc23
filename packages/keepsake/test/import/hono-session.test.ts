import type { Storage } from '@hono/session'
import { jweEncrypt } from '@hono/session/cookies'
import * as jose from 'jose'
import { describe, expect, it } from 'vitest'
import { fromHonoSession } from '../../src/import/hono-session.ts'
import { hostileTests, type Jar, open } from './kit.ts'
import { DATA, type Data, honoSession, OTHER, SECRET } from './old-apps.ts'

const KEY = new Uint8Array(32).map((_, i) => (i * 73 + 11) % 256)
const SECOND = 1_000
const common = { until: '2099-01-01', map: (old: Data) => old, secret: SECRET }

/** A token of the library with these claims. */
async function token(claims: Data, key: Uint8Array = KEY): Promise<Jar> {
  return { sid: (await jweEncrypt({ sid: 'c2Vzc2lvbg', ...claims } as never, key)).jwe }
}

function mapStorage(): Storage<Data> & Map<string, Data> {
  return new Map<string, Data>() as unknown as Storage<Data> & Map<string, Data>
}

it('reads sessions in cookies', async () => {
  const jar = await honoSession()
  const id = expect.stringMatching(/^[\w+/=]{50,}$/)
  expect(await open(fromHonoSession(common), jar, Date.now())).toEqual({ data: DATA, id })
})

it('reads sessions in a storage', async () => {
  const storage = mapStorage()
  const jar = await honoSession({ storage })
  const [[id]] = [...storage] as [[string, Data]]
  expect(await open(fromHonoSession({ ...common, storage }), jar, Date.now())).toEqual({ data: DATA, id })
  storage.delete(id)
  expect(await open(fromHonoSession({ ...common, storage }), jar, Date.now())).toBeUndefined()
})

it('takes bytes as the key itself', async () => {
  const jar = await honoSession({ secret: KEY })
  expect(await open(fromHonoSession({ ...common, secret: KEY }), jar, Date.now())).toMatchObject({
    data: DATA,
  })
})

it('reads nothing of another secret or name', async () => {
  const jar = await honoSession()
  for (const reader of [
    fromHonoSession({ ...common, secret: OTHER }),
    fromHonoSession({ ...common, name: 'id' }),
  ]) {
    expect(await open(reader, jar, Date.now())).toBeUndefined()
  }
})

it('ends by its duration', async () => {
  const jar = await honoSession({ duration: { absolute: 3_600 } })
  const now = Date.now()
  expect(await open(fromHonoSession(common), jar, now + 3_599 * SECOND)).toBeTypeOf('object')
  expect(await open(fromHonoSession(common), jar, now + 3_601 * SECOND)).toBeUndefined()
})

it('reads nothing without an id, or with an end that is no time', async () => {
  const reader = fromHonoSession({ ...common, secret: KEY })
  expect(await open(reader, await token({ a: 1 }), 0)).toMatchObject({ data: { a: 1 } })
  for (const claims of [{ sid: 7 }, { sid: undefined }, { exp: 'never' }, { exp: null }, { exp: {} }]) {
    expect(await open(reader, await token(claims), 0)).toBeUndefined()
  }
})

it('takes no other algorithm, and no header that asks for more', async () => {
  const reader = fromHonoSession({ ...common, secret: KEY })
  const claims = { sid: 'x', a: 1 }
  const key16 = KEY.slice(0, 16)
  const good = { alg: 'dir', enc: 'A256GCM' }
  const sealed = (header: jose.JWEHeaderParameters, key: Uint8Array): Promise<string> =>
    new jose.EncryptJWT(claims).setProtectedHeader(header as jose.CompactJWEHeaderParameters).encrypt(key)
  expect(await open(reader, { sid: await sealed(good, KEY) }, 0)).toBeTypeOf('object')
  const others = [
    sealed({ alg: 'A256KW', enc: 'A256GCM' }, KEY),
    sealed({ alg: 'A256GCMKW', enc: 'A256GCM' }, KEY),
    sealed({ alg: 'dir', enc: 'A128GCM' }, key16),
    sealed({ alg: 'dir', enc: 'A128CBC-HS256' }, KEY),
    sealed({ ...good, typ: 'JWT' }, KEY),
    sealed({ ...good, kid: 'x' }, KEY),
    new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(KEY),
  ]
  for (const other of others) expect(await open(reader, { sid: await other }, 0)).toBeUndefined()
})

it.each([
  ['none', ''],
  ['a variable that is not set', undefined as unknown as string],
  ['too few bytes', KEY.slice(1)],
])('refuses as secret %s', (_, secret) => {
  expect(() => fromHonoSession({ ...common, secret })).toThrow(expect.objectContaining({ code: 'config' }))
})

describe('hostile input', () => {
  hostileTests(async () => ({
    reader: fromHonoSession(common),
    genuine: [await honoSession({}, { a: 1 }), await honoSession({ duration: { absolute: 60 } })],
    now: Date.now(),
  }))
})
