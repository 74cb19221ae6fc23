import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { pages, pageText, root } from './snippets.ts'

const HEAD = '| # | there | here | test |\n|---|---|---|---|\n'

/** The rows of a page's table, as cells. */
function rowsOf(text: string): string[][] {
  const [, ...tables] = text.split(HEAD)
  const lines = tables.flatMap((table) => table.split('\n\n', 1)[0]?.trim().split('\n') ?? [])
  return lines.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
}

/** What is wrong with a row: its shape, or a test that it names and nobody wrote. */
function faultsOf(page: string, row: readonly string[]): string[] {
  const [number, there, here, tests = ''] = row
  const links = Array.from(tests.matchAll(/\[(.+?)\]\(([^()\s]+)\)/g))
  const shape = row.length === 4 && number && there && here && links.length > 0
  if (!shape) return [`${row.join(' | ')}: is not of four cells, the last of which links to a test`]
  return links.flatMap(([, name = '', path = '']) =>
    hasTest(join(root, dirname(page), path), name) ? [] : [`${number}: no test "${name}" in ${path}`],
  )
}

function hasTest(file: string, name: string): boolean {
  if (!existsSync(file)) return false
  const title = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return new RegExp(`\\(\\s*(['"\`])${title}\\1,`).test(readFileSync(file, 'utf8'))
}

const comingFrom = pages().filter((page) => page.startsWith('docs/coming-from/'))

it('finds the pages', () => {
  expect(comingFrom).toContain('docs/coming-from/express-session.md')
})

it.each(comingFrom)('%s names a test for each row of its table', (page) => {
  const rows = rowsOf(pageText(page))
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.flatMap((row) => faultsOf(page, row))).toEqual([])
  const numbers = rows.map(([number]) => number)
  expect(numbers).toEqual(rows.map((_, at) => String(at + 1)))
})

it.each([
  '| 1 | a | b | [finds the pages](../../packages/keepsake/test/docs/no-such.test.ts) |',
  '| 1 | a | b | [no test of this name](../../packages/keepsake/test/docs/coming-from.test.ts) |',
  '| 1 | a | b | somewhere |',
  '| 1 | a | [finds the pages](../../packages/keepsake/test/docs/coming-from.test.ts) |',
])('objects to %s', (line) => {
  const [row = []] = rowsOf(`${HEAD}${line}\n\nMore.`)
  expect(faultsOf('docs/coming-from/page.md', row)).toHaveLength(1)
})

it('accepts a test that exists', () => {
  const [row = []] = rowsOf(
    `${HEAD}| 1 | a | b | [accepts a test that exists](../../packages/keepsake/test/docs/coming-from.test.ts) |`,
  )
  expect(faultsOf('docs/coming-from/page.md', row)).toEqual([])
})
