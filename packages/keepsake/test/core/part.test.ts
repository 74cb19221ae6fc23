import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Part } from '../../src/core/part.ts'
import { failure } from './kit.ts'

fc.configureGlobal({ seed: 1 })

const part = (found?: string): Part => new Part('data', found)

describe('found and looked at', () => {
  test('a new one is empty, and has not changed', () => {
    const it = part()
    expect([it.text(), it.differs(it.text()), { ...it.value }]).toEqual(['{}', false, {}])
  })

  test('one that nobody read keeps its very text, however it is written', () => {
    const spaced = '{ "a" : 1 }'
    const it = part(spaced)
    expect([it.text(), it.differs(it.text())]).toEqual([spaced, false])
  })

  test('reading is no change', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value)
        if (text.includes('__proto__')) return
        const it = part(JSON.stringify(JSON.parse(text)))
        it.value
        expect(it.differs(it.text())).toBe(false)
      }),
    )
  })

  test('the same object each time', () => {
    const it = part('{"a":{}}')
    expect(it.value).toBe(it.value)
  })

  test('a change is noticed however deep, and unnoticed once taken back', () => {
    const it = part('{"a":{"b":[1]}}')
    const { b } = it.value.a as { b: number[] }
    b.push(2)
    expect(it.differs(it.text())).toBe(true)
    b.pop()
    expect(it.differs(it.text())).toBe(false)
  })

  test('what can’t be kept is told with the name of the part', async () => {
    const it = new Part('flash')
    it.value.at = new Date(0)
    expect((await failure('invalid_data', () => it.text())).path).toBe('flash.at')
  })
})

describe('drop', () => {
  test('drops what was found, but for what is to stay', () => {
    const it = part('{"a":1,"b":2,"c":3}')
    it.drop(['b'])
    expect({ ...it.value }).toEqual({ b: 2 })
  })

  test('keeps what was written since, also over what was found', () => {
    const it = part('{"a":1,"b":2}')
    Object.assign(it.value, { a: 9, n: 1 })
    it.drop([])
    expect({ ...it.value }).toEqual({ a: 9, n: 1 })
  })

  test('a value written as it was counts as found', () => {
    const it = part('{"a":[1]}')
    it.value.a = [1]
    it.drop([])
    expect({ ...it.value }).toEqual({})
  })

  test('twice is once', () => {
    const it = part('{"a":1,"b":2}')
    it.drop(['a'])
    it.drop(['a'])
    expect({ ...it.value }).toEqual({ a: 1 })
  })
})

describe('rebase', () => {
  test('own changes stay on top, in the object that is held', () => {
    const it = part('{"a":1,"b":1}')
    const held = it.value
    held.a = 2
    it.rebase('{"a":1,"b":5,"c":6}')
    expect(held).toBe(it.value)
    expect({ ...held }).toEqual({ a: 2, b: 5, c: 6 })
    expect(it.differs(it.text())).toBe(true)
  })

  test('without own changes it is what was found now', () => {
    for (const read of [true, false]) {
      const it = part('{"a":1}')
      if (read) it.value
      it.rebase('{"b":2}')
      expect({ ...it.value }).toEqual({ b: 2 })
      expect(it.differs(it.text())).toBe(false)
    }
  })
})

describe('freeze', () => {
  test('nothing changes any more, but for what is nested', () => {
    const it = part('{"a":{"b":1}}')
    const { value } = it
    it.freeze('{"a":{"b":1}}')
    expect(() => {
      value.n = 1
    }).toThrow(TypeError)
    expect(Object.isFrozen(value.a)).toBe(false)
  })

  test('what is first read afterwards is frozen, too', () => {
    const it = part('{"a":1}')
    it.freeze('{"a":1}')
    expect([Object.isFrozen(it.value), { ...it.value }]).toEqual([true, { a: 1 }])
  })
})
