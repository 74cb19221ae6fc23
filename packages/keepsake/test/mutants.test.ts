import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { home } from '../scripts/doors.ts'
import { breaks } from '../scripts/mutants/breaks.ts'

it.each(breaks)('P$promise can still be broken: $says', ({ file, from }) => {
  const source = readFileSync(join(home, 'src/core', file), 'utf8')
  expect(source.split(from)).toHaveLength(2)
})

it('breaks every promise once', () => {
  expect(breaks.map(({ promise }) => promise)).toEqual(Array.from({ length: 28 }, (_, i) => i + 1))
})
