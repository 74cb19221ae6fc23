import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adopt, decode, encode, type JsonObject } from '../../src/core/json.ts'
import { failure } from './kit.ts'

fc.configureGlobal({ seed: 1 })

const nested = (depth: number): unknown => {
  let value: unknown = 'deep'
  for (let i = 0; i < depth; i++) value = { a: value }
  return value
}

/** JSON objects without what is refused: `__proto__`, and more than 32 levels. */
const objects = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
  .filter((value) => !JSON.stringify(value).includes('__proto__'))

describe('encode and decode', () => {
  test('any JSON comes back as it was, but that -0 is 0', () => {
    fc.assert(
      fc.property(objects, (value) => {
        const plain = JSON.parse(JSON.stringify(value))
        expect({ ...decode(encode('data', value)) }).toEqual(plain)
      }),
    )
  })

  test('the text is one line, whatever is in it', () => {
    fc.assert(
      fc.property(objects, fc.string({ unit: 'binary' }), (value, text) => {
        expect(encode('data', { ...value, text })).not.toMatch(/[\n\r]/)
      }),
    )
  })

  test('the same text again for what was decoded', () => {
    fc.assert(
      fc.property(objects, (value) => {
        const text = encode('data', value)
        expect(encode('data', decode(text))).toBe(text)
      }),
    )
  })

  test('members that are undefined are left out, at any depth', () => {
    expect(encode('data', { a: undefined, b: { c: undefined, d: [{ e: undefined }] } })).toBe(
      '{"b":{"d":[{}]}}',
    )
  })

  test('nothing is there that nobody wrote', () => {
    const empty = decode('{}')
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(empty[name]).toBeUndefined()
    }
  })

  test('objects without a prototype, and those of another realm, are plain', () => {
    expect(encode('data', { a: Object.create(null) })).toBe('{"a":{}}')
    expect(encode('data', { a: runInNewContext('({ b: [1, { c: 2 }] })') })).toBe('{"a":{"b":[1,{"c":2}]}}')
  })

  test('one object in two places is no cycle', () => {
    const shared = { n: 1 }
    expect(encode('data', { a: shared, b: [shared, shared] })).toBe('{"a":{"n":1},"b":[{"n":1},{"n":1}]}')
  })

  test('32 levels, not 33', async () => {
    expect(encode('data', { a: nested(32) })).toContain('deep')
    await failure('invalid_data', () => encode('data', { a: nested(33) }))
  })
})

class Money {
  readonly amount = 1
}

const cycle: Record<string, unknown> = {}
cycle.self = cycle

describe('what JSON would drop or alter is refused, with its path', () => {
  test.each<[string, unknown, string]>([
    ['a function', () => 1, 'function'],
    ['a symbol', Symbol('s'), 'symbol'],
    ['a bigint', 1n, 'bigint'],
    ['NaN', Number.NaN, 'NaN'],
    ['Infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a Date', new Date(0), 'an instance of Date'],
    ['a Map', new Map(), 'an instance of Map'],
    ['a Set', new Set(), 'an instance of Set'],
    ['bytes', new Uint8Array(1), 'an instance of Uint8Array'],
    ['a class instance', new Money(), 'an instance of Money'],
    ['an instance of no name', new (class {})(), 'an instance of a class'],
    ['a boxed number', Object(1), 'an instance of Number'],
    ['a RegExp', /x/, 'an instance of RegExp'],
    ['an Error', new Error('x'), 'an instance of Error'],
    ['a promise', Promise.resolve(), 'an instance of Promise'],
    ['a symbol key', { [Symbol('s')]: 1 }, 'a symbol key or hidden member'],
    ['a hidden member', Object.defineProperty({}, 'a', { value: 1 }), 'a symbol key or hidden member'],
    ['a hole', new Array(2), 'an array with holes or named members'],
    ['a named member', Object.assign([1], { name: 'x' }), 'an array with holes or named members'],
    [
      'a hidden member of an array',
      Object.defineProperty([1], 'a', { value: 1 }),
      'an array with holes or named members',
    ],
    ['a cycle', cycle, 'nesting deeper than 32 levels, or a cycle'],
    ['a toJSON', { toJSON: () => 1 }, 'function'],
  ])('%s', async (_, value, words) => {
    for (const [root, path] of [
      [{ a: value }, 'data.a'],
      [{ a: { b: [0, value] } }, 'data.a.b[1]'],
    ] as const) {
      const error = await failure('invalid_data', () => encode('data', root))
      expect(error.path?.startsWith(path)).toBe(true)
      expect(error.message).toContain(words)
      expect(error.message).toContain('toISOString')
    }
  })

  test('undefined inside an array would become null', async () => {
    const { path } = await failure('invalid_data', () => encode('flash', { list: [undefined] }))
    expect(path).toBe('flash.list[0]')
  })

  test('__proto__ as an own key, at any depth', async () => {
    const poisoned: JsonObject = JSON.parse('{"a":{"__proto__":{"admin":true}}}')
    expect((await failure('invalid_data', () => encode('data', poisoned))).path).toBe('data.a')
    await failure('invalid_data', () => encode('data', JSON.parse('{"__proto__":1}')))
  })

  test('no value is in the message', async () => {
    const error = await failure('invalid_data', () => encode('data', { password: Object('hunter2') }))
    expect(String(error)).not.toContain('hunter2')
  })
})

describe('adopt', () => {
  test('copies, without a prototype', () => {
    const given = { a: { b: 1 } }
    const adopted = adopt('data', given)
    expect({ ...adopted }).toEqual(given)
    expect(adopted).not.toBe(given)
    expect(adopted.a).toBe(given.a)
    expect(Object.getPrototypeOf(adopted)).toBeNull()
  })

  test('a __proto__ that came from JSON.parse stays a key, and is refused when encoded', async () => {
    const adopted = adopt('data', JSON.parse('{"__proto__":{"admin":true}}'))
    expect(adopted.admin).toBeUndefined()
    await failure('invalid_data', () => encode('data', adopted))
  })

  test.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    ['text', 'string'],
    [1, 'number'],
    [[1], 'an array'],
    [new Map(), 'an instance of Map'],
    [new Money(), 'an instance of Money'],
    [() => 1, 'function'],
  ])('%o is refused', async (value, words) => {
    const error = await failure('invalid_data', () => adopt('data', value))
    expect([error.path, error.message.includes(words)]).toEqual(['data', true])
  })
})
