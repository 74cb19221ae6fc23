import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { folder, forget, recorded } from './results.ts'
import { draw } from './table.ts'

const TITLES: Readonly<Record<string, string>> = {
  promises: 'The promises, proved on the built package inside each runtime',
  http: 'The promises over HTTP, against real servers (those of clocks, keys, types and store contents are asked in the table above)',
  counter: 'The counter, started as its page says',
  browser: 'The shop in Chromium',
}

/** For vitest's `globalSetup`: after the last test, one table of all runtimes. */
export default function setup(): () => void {
  forget()
  return () => {
    const results = recorded()
    const tables = Object.entries(TITLES)
      .map(([table, title]) => [title, results.filter((it) => it.table === table)] as const)
      .filter(([, rows]) => rows.length > 0)
      .map(([title, rows]) => draw(title, rows))
    if (tables.length === 0) return
    const text = tables.join('\n\n')
    writeFileSync(resolve(folder, 'table.txt'), text)
    console.log(`\n${text}`)
  }
}
