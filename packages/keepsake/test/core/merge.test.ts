import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { merge } from '../../src/core/merge.ts'

fc.configureGlobal({ seed: 1 })

const objects = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'toString'),
  fc.jsonValue({ maxDepth: 1 }),
  {
    maxKeys: 4,
    noNullPrototype: false,
  },
)

/** Compared as it is kept. */
const plain = (value: JsonObject): unknown => JSON.parse(JSON.stringify({ ...value }))
const text = (value: unknown): string | undefined => JSON.stringify(value)
const keys = (...all: JsonObject[]): string[] => [...new Set(all.flatMap((one) => Object.keys(one)))]
const own = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined
const bare = (object: JsonObject): JsonObject => Object.assign(Object.create(null), object)

const three = (law: (base: JsonObject, mine: JsonObject, theirs: JsonObject) => void): void =>
  fc.assert(fc.property(objects.map(bare), objects.map(bare), objects.map(bare), law))

describe('laws', () => {
  test('who changed nothing gets what the other made', () => {
    three((base, _, theirs) => {
      expect(plain(merge(base, base, theirs).data)).toEqual(plain(theirs))
    })
  })

  test('where the other changed nothing, mine is kept', () => {
    three((base, mine) => {
      const { data, merged, contested } = merge(base, mine, base)
      expect([plain(data), merged, contested]).toEqual([plain(mine), [], []])
    })
  })

  test('where both did the same, that is kept, and nothing is contested', () => {
    three((base, mine) => {
      const { data, contested } = merge(base, mine, mine)
      expect([plain(data), contested]).toEqual([plain(mine), []])
    })
  })

  test('each key is mine where I changed it, else theirs', () => {
    three((base, mine, theirs) => {
      const { data } = merge(base, mine, theirs)
      for (const key of keys(base, mine, theirs)) {
        const changed = text(own(base, key)) !== text(own(mine, key))
        expect(text(own(data, key)), key).toBe(text(own(changed ? mine : theirs, key)))
      }
    })
  })

  test('changes of different keys make the same in either order', () => {
    three((base, mine, theirs) => {
      const { data, contested } = merge(base, mine, theirs)
      if (contested.length > 0) return
      expect(plain(data)).toEqual(plain(merge(base, theirs, mine).data))
    })
  })

  test('a key is contested if both changed it, differently; merged if they alone did', () => {
    three((base, mine, theirs) => {
      const { contested, merged } = merge(base, mine, theirs)
      const differ = (a: JsonObject, b: JsonObject, key: string): boolean =>
        text(own(a, key)) !== text(own(b, key))
      const all = keys(base, mine, theirs)
      expect([...contested].sort()).toEqual(
        all
          .filter((key) => differ(base, mine, key) && differ(base, theirs, key) && differ(mine, theirs, key))
          .sort(),
      )
      expect([...merged].sort()).toEqual(
        all.filter((key) => !differ(base, mine, key) && differ(base, theirs, key)).sort(),
      )
    })
  })

  test('none of the three is changed', () => {
    three((base, mine, theirs) => {
      const before = text([base, mine, theirs])
      merge(base, mine, theirs, ({ theirs: other }) => other)
      expect(text([base, mine, theirs])).toBe(before)
    })
  })

  test('onConflict is asked of each contested key once, with all three, and obeyed', () => {
    three((base, mine, theirs) => {
      const asked: string[] = []
      const { data, contested } = merge(base, mine, theirs, (conflict) => {
        asked.push(conflict.key)
        expect([conflict.base, conflict.mine, conflict.theirs]).toEqual([
          base[conflict.key],
          mine[conflict.key],
          theirs[conflict.key],
        ])
        return `${conflict.key}!`
      })
      expect(asked).toEqual(contested)
      for (const key of contested) expect(data[key]).toBe(`${key}!`)
    })
  })
})

describe('cases', () => {
  test('a removal is a change', () => {
    expect(merge({ a: 1 }, {}, { a: 1, b: 2 }).data).toEqual(bare({ b: 2 }))
    expect(merge({ a: 1 }, { a: 1, b: 2 }, {}).data).toEqual(bare({ b: 2 }))
    expect(merge({ a: 1 }, {}, { a: 2 })).toMatchObject({ data: {}, contested: ['a'] })
  })

  test('undefined is removal, as it is when saved', () => {
    expect(Object.keys(merge({ a: 1 }, { a: undefined }, { a: 1 }).data)).toEqual([])
    expect(Object.keys(merge({ a: 1 }, { a: 2 }, { a: 3 }, () => undefined).data)).toEqual([])
  })

  test('order of the members counts as a change; it is one of the text', () => {
    const [ab, ba] = [{ k: { a: 1, b: 2 } }, { k: { b: 2, a: 1 } }]
    expect(merge(ab, ba, ab).data).toEqual(bare(ba))
    expect(merge(ab, ba, { k: 1 }).contested).toEqual(['k'])
  })

  test('names of Object.prototype are keys like any other', () => {
    const [base, mine, theirs] = [bare({}), bare({ toString: 1 }), bare({ constructor: 2 })]
    expect(merge(base, mine, theirs)).toMatchObject({
      data: { toString: 1, constructor: 2 },
      contested: [],
      merged: ['constructor'],
    })
  })

  test('an error of onConflict is the caller’s', () => {
    const boom = (): never => {
      throw new RangeError('boom')
    }
    expect(() => merge({ a: 1 }, { a: 2 }, { a: 3 }, boom)).toThrow(RangeError)
  })
})
