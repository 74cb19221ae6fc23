import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Duration, LONGEST, milliseconds } from '../../src/core/duration.ts'
import { failure } from './kit.ts'

fc.configureGlobal({ seed: 1 })

test.each<[Duration, number]>([
  ['1s', 1_000],
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['12h', 43_200_000],
  ['30d', 2_592_000_000],
  ['007s', 7_000],
  ['400d', LONGEST],
  ['34560000s', LONGEST],
  [1, 1_000],
  [90, 90_000],
  [1.5, 1_500],
  [34_560_000, LONGEST],
])('%j is %d ms', (duration, ms) => {
  expect(milliseconds('x', duration)).toBe(ms)
})

test('a number is as many seconds, in any unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), (n) => {
      expect(milliseconds('x', `${n}d`)).toBe(milliseconds('x', n * 86_400))
      expect(milliseconds('x', `${n}h`)).toBe(milliseconds('x', `${n * 60}m`))
    }),
  )
})

describe('anything else is refused', () => {
  test.each([
    0,
    -1,
    0.999,
    1.0001,
    34_560_001,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_SAFE_INTEGER,
    '',
    's',
    '0s',
    '-1s',
    '+1s',
    '1',
    '1.5h',
    '1e3s',
    '1 s',
    ' 1s',
    '1s ',
    '1s\n',
    '1S',
    '1ms',
    '1w',
    '1d12h',
    '٣s',
    '401d',
    '9'.repeat(400).concat('s'),
    true,
    null,
    [],
    ['1s'],
    {},
    new Date(1),
  ])('%o', async (duration) => {
    const { message } = await failure('config', () => milliseconds('idleTimeout', duration as Duration))
    expect(message).toContain("idleTimeout: expected seconds as a number, or '90s', '30m', '12h', '30d'")
    expect(message).toContain('from 1 second to 400 days')
  })

  test.each([undefined, 10n, Symbol('x'), () => 1])('and what JSON has no word for: %o', async (duration) => {
    await failure('config', () => milliseconds('lifetime', duration as never))
  })
})
