import { expect, test } from 'vitest'
import { deterministicRandomness } from '../../src/testing/randomness.ts'

function draw(seed: number): number[] {
  const restore = deterministicRandomness(seed)
  try {
    return [...crypto.getRandomValues(new Uint8Array(64)), ...crypto.getRandomValues(new Uint32Array(2))]
  } finally {
    restore()
  }
}

test('the same seed repeats itself, another does not', () => {
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  expect(new Set(draw(3)).size).toBeGreaterThan(40)
})

test('it fills no more than the view, and gives it back', () => {
  const restore = deterministicRandomness(1)
  const whole = new Uint8Array(8)
  const middle = whole.subarray(2, 6)
  expect(crypto.getRandomValues(middle)).toBe(middle)
  restore()
  expect([whole[0], whole[1], whole[6], whole[7]]).toEqual([0, 0, 0, 0])
  expect(middle.some((byte) => byte !== 0)).toBe(true)
})

test('afterwards randomness is what it was, also when nested', () => {
  const real = crypto.getRandomValues
  const outer = deterministicRandomness(1)
  const patched = crypto.getRandomValues
  deterministicRandomness(2)()
  expect(crypto.getRandomValues).toBe(patched)
  outer()
  expect(crypto.getRandomValues).toBe(real)
  expect(Object.hasOwn(crypto, 'getRandomValues')).toBe(false)
})
