import { type Paint, type Paper, painted } from './paper.ts'

/** A value and its name. */
export interface Field {
  readonly name: string
  readonly value: string
  readonly paint?: Paint
}

/** Rows under their titles; on a pipe without titles, and with tabs between. */
export function table(paper: Paper, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map(printable))
  if (!paper.terminal) return lines(safe.map((row) => row.join('\t')))
  const widths = titles.map((title, i) => Math.max(title.length, ...safe.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd((widths[i] ?? 0) + 2))).join('')
  return lines([painted(paper, 'bold', line(titles)), ...safe.map(line)])
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

/** What a visitor wrote must not steer a terminal, nor look like another column. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (it) => `\\u{${it.codePointAt(0)?.toString(16)}}`)
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
