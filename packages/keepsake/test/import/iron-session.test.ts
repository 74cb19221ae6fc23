import { sealData as sealData9 } from 'iron-session'
import { sealData as sealData8 } from 'iron-session8'
import { describe, expect, it, vi } from 'vitest'
import { fromIronSession } from '../../src/import/iron-session.ts'
import { hostileTests, open } from './kit.ts'
import { DATA, type Data, ironSession8, ironSession9, OTHER, SECRET } from './old-apps.ts'

const name = 'auth'
const common = { until: '2099-01-01', map: (old: Data) => old, name }

const versions = [
  ['8', ironSession8, sealData8],
  ['9', ironSession9, sealData9],
] as const

describe.each(versions)('iron-session %s', (_, app, seal) => {
  it('is read', async () => {
    const cookie = await app()
    const reader = fromIronSession({ ...common, password: SECRET })
    const id = cookie[name]?.split('*')[2]
    expect(await open(reader, cookie, Date.now())).toEqual({ data: DATA, id })
  })

  it('is read with the password of its number', async () => {
    const cookie = await app({ password: { 2: SECRET, 1: OTHER } })
    for (const password of [{ 2: SECRET }, { 1: OTHER, 2: SECRET, 3: OTHER }]) {
      expect(await open(fromIronSession({ ...common, password }), cookie, Date.now())).toMatchObject({
        data: DATA,
      })
    }
    for (const password of [SECRET, { 1: SECRET }, { 2: OTHER }, { 1: SECRET, 3: SECRET }]) {
      expect(await open(fromIronSession({ ...common, password }), cookie, Date.now())).toBeUndefined()
    }
  })

  it('ends by its ttl', async () => {
    const now = Date.now()
    const reader = fromIronSession({ ...common, password: SECRET })
    const hour = { [name]: await seal(DATA, { password: SECRET, ttl: 3_600 }) }
    const minute = 60_000
    expect(await open(reader, hour, now + 60 * minute)).toBeTypeOf('object')
    expect(await open(reader, hour, now + 62 * minute)).toBeUndefined()
    const endless = { [name]: await seal(DATA, { password: SECRET, ttl: 0 }) }
    expect(await open(reader, endless, now + 10_000_000 * minute)).toBeTypeOf('object')
  })

  it('is no session if it holds none', async () => {
    const reader = fromIronSession({ ...common, password: SECRET })
    for (const data of ['text', 7]) {
      const cookie = { [name]: await seal(data, { password: SECRET }) }
      expect(await open(reader, cookie, Date.now())).toBeUndefined()
    }
  })
})

it('reads what is spread over several cookies, whole only', async () => {
  const data = { text: 'x'.repeat(8_000) }
  const cookie = await ironSession9({ chunk: true }, data)
  const names = Object.keys(cookie)
  expect(names.length).toBeGreaterThan(2)
  const reader = fromIronSession({ ...common, password: SECRET })
  expect(reader.cookies.map((it) => it.name)).toEqual(expect.arrayContaining(names))
  expect(await open(reader, cookie, Date.now())).toMatchObject({ data })
  for (const missing of names) {
    const { [missing]: _, ...rest } = cookie
    expect(await open(reader, rest, Date.now())).toBeUndefined()
  }
})

it('drops keys that are prototypes', async () => {
  const evil = JSON.parse('{"a":{"__proto__":{"admin":true}},"__proto__":{"admin":true}}')
  const reader = fromIronSession({ ...common, password: SECRET })
  const taken = await open(reader, { [name]: await sealData8(evil, { password: SECRET }) }, Date.now())
  expect(JSON.stringify(taken)).toContain('{"data":{"a":{}}')
})

it.each([
  ['none', undefined],
  ['a short one', 'x'.repeat(31)],
  ['an empty map', {}],
  ['a short one among several', { 1: SECRET, 2: 'short' }],
])('refuses as password %s', (_, password) => {
  expect(() => fromIronSession({ ...common, password: password as string })).toThrow(
    expect.objectContaining({ code: 'config' }),
  )
})

describe('hostile input', () => {
  hostileTests(async () => ({
    reader: fromIronSession({ ...common, password: SECRET }),
    genuine: [
      { [name]: await sealData9({ a: 1 }, { password: SECRET }) },
      { [name]: await sealData8({ b: 'x' }, { password: SECRET, ttl: 0 }) },
    ],
    now: Date.now(),
  }))

  it('derives no key for what is not of the form, of another password or expired', async () => {
    const reader = fromIronSession({ ...common, password: SECRET })
    const seal = await sealData9({ a: 1 }, { password: SECRET })
    const derive = vi.spyOn(crypto.subtle, 'deriveBits')
    const [start, id, salt, iv, box, expires, ...mac] = seal.split('*')
    const tried = (parts: readonly (string | undefined)[]) =>
      open(reader, { [name]: parts.join('*') }, Date.now())
    const changed = [
      [`${start}1`, id, salt, iv, box, expires, ...mac],
      [start, '2', salt, iv, box, expires, ...mac],
      [start, 'toString', salt, iv, box, expires, ...mac],
      [start, id, `${salt}00`, iv, box, expires, ...mac],
      [start, id, salt, `${iv}A`, box, expires, ...mac],
      [start, id, salt, iv, `${box}AA`, expires, ...mac],
      [start, id, salt, iv, 'A'.repeat(20_000), expires, ...mac],
      [start, id, salt, iv, box, '1', ...mac],
      [start, id, salt, iv, box, expires, ...mac, 'x'],
    ]
    for (const parts of changed) expect(await tried(parts)).toBeUndefined()
    expect(derive).not.toHaveBeenCalled()
    // a forgery of the right form: the one key that shows it to be one
    expect(await tried([start, id, salt, iv, box, '', ...mac])).toBeUndefined()
    expect(derive).toHaveBeenCalledTimes(1)
    derive.mockRestore()
  })
})
