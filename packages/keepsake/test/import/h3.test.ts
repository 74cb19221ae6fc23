import { describe, expect, it, vi } from 'vitest'
import type { Reader } from '../../src/core/reader.ts'
import { fromH3, type H3Options } from '../../src/import/h3.ts'
import { hostileTests, open } from './kit.ts'
import { DATA, type Data, h3v1, h3v2, OTHER, SECRET } from './old-apps.ts'

const MINUTE = 60_000

const apps = [
  [1, h3v1],
  [2, h3v2],
] as const

function h3(options: Partial<H3Options<Data, Data>> = {}): Reader<Data> {
  return fromH3({ password: SECRET, until: '2099-01-01', map: (old) => old, ...options })
}

describe.each(apps)('h3 %i', (version, app) => {
  it('is read', async () => {
    const cookie = await app()
    expect(cookie.h3).toMatch(/^Fe26/)
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(await open(h3(), cookie, Date.now())).toEqual({ data: DATA, id })
    expect(await open(h3({ version }), cookie, Date.now())).toMatchObject({ data: DATA })
  })

  it('is not read as the other version, by another name or with another password', async () => {
    const cookie = await app()
    const readers = [
      h3({ version: version === 1 ? 2 : 1 }),
      h3({ name: 'nuxt-session' }),
      h3({ password: OTHER }),
    ]
    for (const reader of readers) expect(await open(reader, cookie, Date.now())).toBeUndefined()
  })

  it('ends by maxAge, whoever says it: the seal, or our options', async () => {
    const now = Date.now()
    const limited = await app({ maxAge: 3_600 })
    expect(await open(h3(), limited, now + 60 * MINUTE)).toBeTypeOf('object')
    expect(await open(h3(), limited, now + 62 * MINUTE)).toBeUndefined()
    const endless = await app({ name: 'nuxt-session' })
    const reader = h3({ name: 'nuxt-session', maxAge: '1h' })
    expect(await open(reader, endless, now + 59 * MINUTE)).toBeTypeOf('object')
    expect(await open(reader, endless, now + 61 * MINUTE)).toBeUndefined()
  })
})

it('ends by idleTimeout', async () => {
  const now = Date.now()
  const cookie = await h3v2({ idleTimeout: 60 })
  expect(await open(h3(), cookie, now + MINUTE)).toBeTypeOf('object')
  expect(await open(h3({ idleTimeout: '1m' }), cookie, now + 2 * MINUTE - 5_000)).toBeUndefined()
})

it('reads what is spread over several cookies, whole only', async () => {
  const data = { text: 'x'.repeat(8_000) }
  const cookie = await h3v2({}, data)
  const names = Object.keys(cookie)
  expect(cookie.h3).toBe(`__chunked__${names.length - 1}`)
  expect(h3().cookies.map((it) => it.name)).toEqual(expect.arrayContaining(names))
  expect(await open(h3(), cookie, Date.now())).toMatchObject({ data })
  for (const missing of names) {
    const { [missing]: _, ...rest } = cookie
    expect(await open(h3(), rest, Date.now())).toBeUndefined()
  }
  for (const count of ['0', '1', '4', '9', '99', '1e3', '']) {
    expect(await open(h3(), { ...cookie, h3: `__chunked__${count}` }, Date.now())).toBeUndefined()
  }
})

it.each([
  ['no password', { password: undefined as unknown as string }],
  ['a short password', { password: 'x'.repeat(31) }],
  ['a maxAge that is none', { maxAge: 0 }],
])('refuses %s', (_, options) => {
  expect(() => h3(options)).toThrow(expect.objectContaining({ code: 'config' }))
})

describe('hostile input', () => {
  hostileTests(async () => ({
    reader: h3({ version: 1 }),
    genuine: [await h3v1({}, { a: 1 }), await h3v1({ maxAge: 3_600 }, { b: 'x' })],
    now: Date.now(),
  }))
})

describe.each(apps)('a forgery for h3 %i', (version, app) => {
  it('costs one key if it is of the right form, and none else', async () => {
    const reader = h3({ version })
    const cookie = await app({ maxAge: 3_600 }, {})
    const derive = vi.spyOn(crypto.subtle, 'deriveBits')
    const [start, id, salt, iv, box, expires, ...mac] = cookie.h3?.split('*') ?? []
    const tried = (parts: readonly (string | undefined)[]) =>
      open(reader, { h3: parts.join('*') }, Date.now())
    const changed = [
      [`${start}1`, id, salt, iv, box, expires, ...mac],
      [start, '1', salt, iv, box, expires, ...mac],
      [start, id, salt, iv, `${box}AA`, expires, ...mac],
      [start, id, salt, iv, 'A'.repeat(20_000), expires, ...mac],
      [start, id, salt, iv, box, '1', ...mac],
      [start, id, salt, iv, box, expires, ...mac, 'x'],
    ]
    for (const parts of changed) expect(await tried(parts)).toBeUndefined()
    expect(derive).not.toHaveBeenCalled()
    expect(await tried([start, id, salt, iv, box, '', ...mac])).toBeUndefined()
    expect(derive).toHaveBeenCalledTimes(1)
    expect(await open(reader, cookie, Date.now())).toBeTypeOf('object')
    expect(derive).toHaveBeenCalledTimes(3)
    derive.mockRestore()
  })

  it('opens nothing, whichever part is changed', async () => {
    const { h3: seal = '', ...rest } = await app({ maxAge: 3_600 }, {})
    for (let at = 0; at < seal.length; at += 5) {
      const changed = seal.slice(0, at) + (seal[at] === 'a' ? 'b' : 'a') + seal.slice(at + 1)
      expect(await open(h3({ version }), { ...rest, h3: changed }, Date.now())).toBeUndefined()
    }
  })
})
