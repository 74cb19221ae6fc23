import { type Paint, type Paper, painted } from './paper.ts'
import { printable } from './printable.ts'

/** A value and its name. */
export interface Field {
  readonly name: string
  readonly value: string
  readonly paint?: Paint
}

/**
 * Rows under their titles, or one below the other where a terminal has no room for that; on a pipe without titles, and
 * with tabs between.
 */
export function table(paper: Paper, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map(printable))
  if (!paper.terminal) return lines(safe.map((row) => row.join('\t')))
  const widths = titles.map((title, i) => Math.max(title.length, ...safe.map((row) => row[i]?.length ?? 0)))
  const width = widths.reduce((sum, each) => sum + each + 2, -2)
  if (width > paper.columns) return stacked(paper, titles, rows)
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd((widths[i] ?? 0) + 2))).join('')
  return lines([painted(paper, 'bold', line(titles)), ...safe.map(line)])
}

function stacked(paper: Paper, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => fields(paper, titles.map((name, i) => ({ name, value: row[i] ?? '' })).filter(hasValue)))
    .join('\n')
}

function hasValue({ value }: Field): boolean {
  return value !== ''
}

/** One value a line; on a pipe with a tab after its name. */
export function fields(paper: Paper, all: readonly Field[]): string {
  const width = Math.max(...all.map(({ name }) => name.length)) + 2
  return lines(
    all.map(({ name, value, paint }) => {
      if (!paper.terminal) return `${name}\t${printable(value)}`
      const text = printable(value)
      return painted(paper, 'dim', name.padEnd(width)) + (paint ? painted(paper, paint, text) : text)
    }),
  )
}

/** A time as people and scripts both read it. */
export function time(ms: number): string {
  return new Date(ms).toISOString()
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
