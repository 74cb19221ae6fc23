import { figure } from './print.ts'
import type { Table } from './result.ts'

const WIDTH = 720
const LABEL = 230
const ROW = 26
const TOP = 40

/** A bar for each row of a table but the bare ones, by its first number. By hand: a library would be larger than these rectangles. */
export function chart({ title, rows }: Table): string {
  const bars = rows
    .map(([name = '', value = 0]) => ({ name: String(name), value: Number(value) }))
    .filter(({ name, value }) => value > 0 && !name.startsWith('bare'))
    .toSorted((a, b) => a.value - b.value)
  const most = Math.max(...bars.map(({ value }) => value))
  const height = TOP + bars.length * ROW + 10
  const drawn = bars.map(({ name, value }, i) => {
    const y = TOP + i * ROW
    const width = Math.max(1, (value / most) * (WIDTH - LABEL - 70))
    const colour = name.startsWith('keepsake') ? '#2563eb' : name.startsWith('limit') ? '#9ca3af' : '#d97706'
    return [
      `<text x="${LABEL - 8}" y="${y + 14}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="18" fill="${colour}"/>`,
      `<text x="${(LABEL + width + 6).toFixed(1)}" y="${y + 14}">${figure(value)}</text>`,
    ].join('')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" fill="#6b7280"><title>${escaped(title)}</title><text x="${LABEL}" y="22" font-weight="bold">${escaped(title)}</text>${drawn.join('')}</svg>\n`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
