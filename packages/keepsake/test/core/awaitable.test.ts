import { describe, expect, it } from 'vitest'
import { chain, isPromise, rescue } from '../../src/core/awaitable.ts'

describe('chain', () => {
  it('goes on at once with a value, without making a promise', () => {
    expect(chain(1, (n) => n + 1)).toBe(2)
  })

  it('goes on later with a promise', async () => {
    await expect(chain(Promise.resolve(1), (n) => n + 1)).resolves.toBe(2)
  })

  it('lets errors through either way', async () => {
    const fail = () => {
      throw new RangeError('no')
    }
    expect(() => chain(1, fail)).toThrow(RangeError)
    await expect(chain(Promise.resolve(1), fail)).rejects.toThrow(RangeError)
  })
})

describe('isPromise', () => {
  it.each([undefined, null, 0, '', {}, { then: 1 }, new Uint8Array(1)])('is false for %j', (value) => {
    expect(isPromise(value)).toBe(false)
  })

  it('knows the promises of another realm by their then', () => {
    expect(isPromise({ then() {} })).toBe(true)
  })
})

describe('rescue', () => {
  it.each([
    new Error('x'),
    undefined,
    'text',
  ])('answers for what throws or rejects with %s', async (reason) => {
    const throwing = (): number => {
      throw reason
    }
    expect(rescue(throwing, () => 7)).toBe(7)
    await expect(
      rescue(
        () => Promise.reject(reason),
        () => 7,
      ),
    ).resolves.toBe(7)
  })

  it('leaves what works alone', async () => {
    expect(
      rescue(
        () => 1,
        () => 7,
      ),
    ).toBe(1)
    await expect(
      rescue(
        () => Promise.resolve(1),
        () => 7,
      ),
    ).resolves.toBe(1)
  })
})
