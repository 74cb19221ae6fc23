import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { StandardSchema } from '../../src/index.ts'
import { backings, type Data, mint, N, request, target, turn } from './kit.ts'

describe.each(backings)('%s', (backing) => {
  const refused = async (data: Data): Promise<string | undefined> => {
    const on = target(backing)
    const session = await on.sessions.load(request(null))
    Object.assign(session.data, data)
    const error = await on.sessions.save(session).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'invalid_data', cookies: [] })
    expect(on.calls).toEqual([])
    return (error as { path?: string }).path
  }
  const kept = async (data: Data): Promise<Data> => {
    const on = target(backing)
    return (await turn(on, `${N}=${await mint(on, data)}`)).data
  }

  test('T-P1 the key __proto__ is refused, and changes no prototype', async () => {
    const own = JSON.parse('{"__proto__":{"admin":true}}') as Data
    const on = target(backing)
    const session = await on.sessions.load(request(null))
    session.data = own
    expect((session.data as { admin?: unknown }).admin).toBeUndefined()
    expect(await refused({ a: own })).toBe('data.a')
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
  })

  test('T-P4 nothing is there that nobody wrote', async () => {
    const on = target(backing)
    for (const cookie of [null, `${N}=${await mint(on)}`]) {
      const { data } = await on.sessions.load(request(cookie))
      for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf']) {
        expect([name, name in data, data[name]]).toEqual([name, false, undefined])
      }
    }
  })

  test('T-P5 32 levels are kept, 33 refused', async () => {
    const nested = (levels: number): Data => {
      let data: Data = {}
      for (let level = 1; level < levels; level++) data = { a: data }
      return data
    }
    expect(await kept(nested(33))).toEqual(nested(33))
    expect(await refused(nested(34))).toContain('data.a.a')
  })

  test('T-P7 a cycle is refused, with its path', async () => {
    const list: unknown[] = []
    list.push({ list })
    expect(await refused({ list })).toContain('data.list[0].list')
  })

  class Cart {
    items = []
  }

  test.each([
    new Date(0),
    new Map(),
    new Set(),
    1n,
    () => 1,
    Symbol('x'),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Uint8Array(1),
    new Cart(),
    [undefined],
    { toJSON: () => 'another' },
  ])('T-P8 %s is refused, with its path', async (value) => {
    expect(await refused({ deep: [{ value }] })).toContain('data.deep[0].value')
  })

  test('T-P10 texts that other formats stumble over come back equal, and into no header', async () => {
    const texts = [
      '\ud800',
      'a\u0000b',
      '\u2028\u2029',
      '</script>',
      'a\r\nSet-Cookie: x=1',
      '";\\',
      '\ufeff',
      'é☃😀',
    ]
    const data: Data = { ...Object.fromEntries(texts.map((text) => [`k${text}`, text])) }
    expect(await kept(data)).toEqual(data)
    const { sent } = await turn(target(backing), null, (session) => void Object.assign(session.data, data))
    expect(sent[0]).toMatch(/^[\x20-\x7e]+$/)
  })

  test('T-P12 data that does not pass the schema: anonymous, reported, and left as it is', async () => {
    const strict: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: ['no'] }) },
    }
    const on = target(backing)
    const value = await mint(on)
    const checked = target(backing, { schema: strict as StandardSchema<Data>, store: on.store })
    expect(await turn(checked, `${N}=${value}`)).toMatchObject({ data: {}, outcome: 'schema', sent: [] })
    expect(checked.events).toMatchObject([{ type: 'schema' }])
    expect((await turn(on, `${N}=${value}`)).data).toEqual({ uid: 'u_1' })
  })

  test('T-P14 a session shows neither token nor key nor data, however it is looked at', async () => {
    const on = target(backing)
    const value = await mint(on, { uid: 'private-value' })
    const session = await on.sessions.load(request(`${N}=${value}`))
    session.data
    const names: string[] = []
    for (const name in session) names.push(name)
    expect([names, Reflect.ownKeys(session), Object.keys({ ...session })]).toEqual([[], [], []])
    const shown = [
      inspect(session, { depth: null, showHidden: true }),
      inspect(on.sessions, { depth: null, showHidden: true }),
      JSON.stringify([session, on.sessions]),
      JSON.stringify(structuredClone(session)),
      String(session),
      String(on.sessions),
    ].join('\n')
    for (const secret of [value.slice(0, 20), value.slice(-20), 'private-value', 'Yl7qNcT0']) {
      expect(shown).not.toContain(secret)
    }
  })

  test('T-P15 an equal value is no change', async () => {
    const on = target(backing)
    const value = await mint(on, { uid: 'u_1', list: [1, { a: 2 }] })
    on.forget()
    const { sent } = await turn(on, `${N}=${value}`, (session) => {
      session.data.uid = 'u_1'
      session.data.list = [1, { a: 2 }]
    })
    expect(sent).toEqual([])
    expect(on.calls.filter((call) => call !== 'get')).toEqual([])
  })
})
