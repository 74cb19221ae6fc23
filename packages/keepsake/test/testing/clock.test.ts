import { expect, test } from 'vitest'
import { fakeClock } from '../../src/testing/clock.ts'

test('a fake clock stands still until it is told to move', () => {
  const { now, advance, set } = fakeClock(1_000)
  expect([now(), now()]).toEqual([1_000, 1_000])
  advance('90s')
  advance(0.5 + 0.5)
  expect(now()).toBe(92_000)
  set(5)
  expect(now()).toBe(5)
})

test('it refuses what is no duration', () => {
  expect(() => fakeClock().advance('1w' as '1d')).toThrow(/advance: expected seconds/)
})
