import type { Result } from './results.ts'

const NOT_RUN = 'it was not run, or it ended before it had an answer'

interface Column {
  readonly group: string
  readonly column: string
}

/** One table: rows down, columns across under their groups; below it what each column and each mark stands for. */
export function draw(title: string, results: readonly Result[]): string {
  const columns = distinct(results.map(({ group, column }) => ({ group, column }))).sort(
    (a, b) => place(a.group) - place(b.group),
  )
  const rows = distinct(results.map(({ row }) => row)).sort((a, b) => order(a) - order(b))
  const names = distinct(columns.map(({ column }) => column))
  const reasons: string[] = []
  const body = rows.map((row) => [row, ...columns.map((at) => cell(find(results, row, at), reasons))])
  const head = ['', ...columns.map(({ column }) => `${names.indexOf(column) + 1}`)]
  const [first = '', ...lines] = aligned([head, ...body])
  return [
    title,
    '',
    ...groupLines(columns, first),
    first,
    ...lines,
    '',
    ...names.map((name, i) => `${i + 1}  ${name}`),
    '',
    ...reasons.map((reason, i) => `${letter(i)}  ${reason}`),
    '',
    ...passedBy(results, columns),
    '',
  ].join('\n')
}

/** Cells that say neither that all is well nor why there is nothing to say. */
export function gaps(results: readonly Result[]): string[] {
  return results
    .filter(({ passed, failed, absent }) => passed + failed.length === 0 && absent === undefined)
    .map(({ group, column, row }) => `${row}, ${group}, ${column}`)
}

function cell(result: Result | undefined, reasons: string[]): string {
  if (result && result.failed.length > 0) return '✗'
  const why = result ? result.absent : NOT_RUN
  if (why !== undefined && !reasons.includes(why)) reasons.push(why)
  const mark = why === undefined ? '' : letter(reasons.indexOf(why))
  return result && result.passed > 0 ? `✓${mark}` : mark || '?'
}

function find(results: readonly Result[], row: string, { group, column }: Column): Result | undefined {
  return results.find((it) => it.row === row && it.group === group && it.column === column)
}

/** How many cases passed: a line for each group, in the order of its columns. */
function passedBy(results: readonly Result[], columns: readonly Column[]): string[] {
  return distinct(columns.map(({ group }) => group)).map((group) => {
    const counts = columns.filter((at) => at.group === group).map((at) => passedIn(results, at))
    return `passed  ${group}: ${counts.join(' ')}`
  })
}

function passedIn(results: readonly Result[], { group, column }: Column): number {
  return results
    .filter((it) => it.group === group && it.column === column)
    .reduce((sum, { passed }) => sum + passed, 0)
}

/** The names of the groups, each where its first column begins, stacked so that none is cut. */
function groupLines(columns: readonly Column[], head: string): string[] {
  const starts = [...head.matchAll(/\d+/g)].map(({ index }) => index)
  const begins = columns.flatMap(({ group }, i) =>
    columns[i - 1]?.group === group ? [] : [{ group, at: starts[i] ?? 0 }],
  )
  return begins.map(({ group, at }, i) => {
    const bars = begins.slice(0, i).reduce((line, it) => `${line.padEnd(it.at)}│`, '')
    return `${bars.padEnd(at)}${group}`
  })
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  )
}

/** Runtimes in the order people think of them. */
function place(group: string): number {
  return ['Node 20', 'Node 24', 'Node 26', 'Deno', 'Bun', 'workerd'].findIndex((name) =>
    group.startsWith(name),
  )
}

/** P2 before P10, what has no number at the end. */
function order(row: string): number {
  return Number(/^P(\d+)/.exec(row)?.[1] ?? 99)
}

function letter(index: number): string {
  return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[index] ?? '*'
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}
