import { isMet, type Result, type Table, type Target } from './result.ts'

/** A part's tables and targets, for the terminal. */
export function printed({ tables, targets }: Result): string {
  return [...tables.map(aligned), targets.map(judged).join('\n')].filter(Boolean).join('\n\n')
}

/** `met     1.21 × of at most 1.5 ×  sealed load, Node`. */
export function judged(target: Target): string {
  const { what, measured, bound, limit, unit } = target
  const verdict = isMet(target) ? 'met   ' : 'MISSED'
  return `${verdict} ${figure(measured).padStart(8)} ${unit}, ${bound} ${figure(limit)}: ${what}`
}

function aligned({ title, columns, rows }: Table): string {
  const lines = [columns, ...rows].map((row) => row.map((cell) => figure(cell)))
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  const text = lines.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  )
  return [title, ...text].join('\n')
}

/** A table of a page. */
export function markdown({ columns, rows }: Table): string {
  const rule = columns.map((_, i) => (i === 0 ? '---' : '--:'))
  return [columns, rule, ...rows].map((row) => `| ${row.map(figure).join(' | ')} |`).join('\n')
}

/** Three significant digits, more only of what is counted. */
export function figure(cell: string | number): string {
  if (typeof cell === 'string') return cell
  if (Number.isInteger(cell)) return cell.toLocaleString('en')
  if (Math.abs(cell) >= 100) return Math.round(cell).toLocaleString('en')
  return Number(cell.toPrecision(Math.abs(cell) < 1 ? 2 : 3)).toString()
}
