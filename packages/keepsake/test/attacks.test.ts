import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const CASES: Readonly<Record<string, readonly number[]>> = {
  C: [1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 14, 15, 16, 17, 18, 20, 21, 22, 23, 26, 28, 29, 31],
  S: [1, 2, 4, 5, 6, 8, 10, 11, 12, 13, 14, 16, 17, 18, 19, 21],
  E: [
    1, 2, 3, 4, 5, 6, 7, 9, 13, 14, 15, 16, 17, 19, 21, 23, 24, 25, 26, 28, 30, 31, 33, 34, 35, 37, 39, 40,
    42, 44,
  ],
  F: [1, 2, 3, 5, 6, 8, 9, 12, 14, 16],
  J: [1, 2, 4, 5, 8, 9, 10, 12, 14, 15],
  K: [1, 2, 3, 5, 6, 8, 10, 11, 14],
  P: [1, 4, 5, 7, 8, 10, 12, 14, 15],
  H: [1, 2, 4, 7, 9, 11, 12, 14, 15, 17, 19, 20],
  A: [1, 2, 4, 6, 8, 10, 11, 13, 14],
  R: [1, 2, 3, 5, 6, 7, 8, 10, 12, 14, 15, 17, 19, 20, 22, 24, 27],
  O: [1, 2, 4, 5, 6, 7, 10, 12],
  L: [1, 2, 3, 5, 6, 7, 9, 10, 11, 14, 15, 17, 19, 20, 21, 23, 25],
}

const ids = Object.entries(CASES).flatMap(([section, numbers]) => numbers.map((n) => `T-${section}${n}`))

const PAGE = readFileSync(new URL('../../../docs/attacks.md', import.meta.url), 'utf8')

/** The rows of the page: case, what it tries, its test or why there is none. */
function rowsOf(page: string): readonly { id: string; tries: string; test: string }[] {
  return [...page.matchAll(/^\| (T-\w+) \| (.+) \| (.+) \|$/gm)].map(
    ([, id = '', tries = '', test = '']) => ({
      id,
      tries,
      test,
    }),
  )
}

/** What is wrong with a page of attacks. */
function faults(page: string, known: readonly string[]): string[] {
  const rows = rowsOf(page)
  const listed = rows.map(({ id }) => id)
  const without = rows.filter(({ test }) => test.startsWith('none: '))
  return [
    ...known.filter((id) => !listed.includes(id)).map((id) => `${id} is missing`),
    ...listed.filter((id, at) => listed.indexOf(id) !== at).map((id) => `${id} is there twice`),
    ...listed.filter((id) => !known.includes(id)).map((id) => `${id} is no case`),
    ...rows.filter((row) => !without.includes(row)).flatMap(({ id, test }) => unknown(id, test)),
    ...(without.length * 10 > known.length ? [`${without.length} of ${known.length} have no test`] : []),
  ]
}

/** A test is known when its file calls one by a name, or has a row of a table, that starts so. */
function unknown(id: string, named: string): string[] {
  const [, file = '', name = ''] = /^`(.+)` › (.+)$/.exec(named) ?? []
  const url = new URL(file, import.meta.url)
  if (!file.endsWith('.test.ts') || !existsSync(url)) return [`${id}: no file ${file || named}`]
  const text = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const start = new RegExp(`(?:\\(|\\[)\\s*(['"\`])${text}(?!\\d)`)
  return start.test(readFileSync(url, 'utf8')) ? [] : [`${id}: no test "${name}" in ${file}`]
}

test('docs/attacks.md lists every case, with a test that exists', () => {
  expect(ids).toHaveLength(170)
  expect(faults(PAGE, ids)).toEqual([])
})

test('it says something of every case', () => {
  for (const { tries } of rowsOf(PAGE)) expect(tries.length).toBeGreaterThan(10)
})

test('a missing case, an unknown test and too many without one are found', () => {
  const row = (id: string, test: string): string => `| ${id} | an attack of this kind | ${test} |`
  const good = row('T-C1', '`attacks/request-cookies.test.ts` › T-C1')
  expect(faults(good, ['T-C1'])).toEqual([])
  expect(faults(good, ['T-C1', 'T-C2'])).toEqual(['T-C2 is missing'])
  expect(faults(`${good}\n${good}`, ['T-C1'])).toEqual(['T-C1 is there twice'])
  expect(faults(good, [])).toEqual(['T-C1 is no case'])
  expect(faults(row('T-C1', '`attacks/none.test.ts` › T-C1'), ['T-C1'])).toHaveLength(1)
  expect(faults(row('T-C1', '`attacks/request-cookies.test.ts` › T-C999'), ['T-C1'])).toHaveLength(1)
  expect(faults(row('T-C1', '`attacks/kit.ts` › T-C1'), ['T-C1'])).toHaveLength(1)
  expect(faults(row('T-C1', 'none: no reason'), ['T-C1'])).toEqual(['1 of 1 have no test'])
})
