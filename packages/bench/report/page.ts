// Writes the tables and the list of targets of docs/performance.md from results/*.json: node report/page.ts
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { chart } from './chart.ts'
import { figure, markdown } from './print.ts'
import { isMet, type Result, type Target } from './result.ts'

type Stored = Result & { readonly measured: string; readonly node: string; readonly processor: string }

const results = new URL('../results/', import.meta.url)
const page = new URL('../../../docs/performance.md', import.meta.url)

const stored = new Map(
  globSync('*.json', { cwd: results })
    .toSorted()
    .map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(new URL(file, results), 'utf8')) as Stored,
    ]),
)

let text = readFileSync(page, 'utf8')
for (const [name, result] of stored) {
  const tables = result.tables.map((table) => `**${table.title}**\n\n${markdown(table)}`)
  text = between(text, name, tables.join('\n\n'))
}
text = between(text, 'targets', targetTable([...stored.values()].flatMap(({ targets }) => targets)))
text = between(text, 'machine', machineLine([...stored.values()]))
writeFileSync(page, text)
const http = stored.get('http')?.tables[0]
if (http) writeFileSync(new URL('chart.svg', results), chart({ ...http, title: `views++: ${http.title}` }))

/** What stands between `<!-- name -->` and `<!-- / -->` is the script's. */
function between(text: string, name: string, content: string): string {
  const [before, rest] = text.split(`<!-- ${name} -->`)
  if (rest === undefined) return text
  return `${before}<!-- ${name} -->\n\n${content}\n\n${rest.slice(rest.indexOf('<!-- / -->'))}`
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    target.what,
    `${figure(target.measured)} ${target.unit}`,
    `${target.bound} ${figure(target.limit)}`,
    isMet(target) ? 'met' : '**missed**',
  ])
  return markdown({ title: '', columns: ['', 'measured', 'target', ''], rows })
}

function machineLine(all: readonly Stored[]): string {
  const last = all.at(-1)
  const dates = [...new Set(all.map(({ measured }) => measured))].toSorted()
  return last ? `${last.processor}, Node ${last.node}, measured ${dates.join(' and ')}.` : 'Not measured yet.'
}
