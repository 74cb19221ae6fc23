// Measures, prints, and writes what was found: `npm run bench`, `-- --quick`, `-- --part node --part http`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { machine } from './measure/machine.ts'
import { httpElsewhere, httpOnNode } from './parts/http.ts'
import { coldImport } from './parts/import.ts'
import { growth, ofNoUse, onBun, onDeno, onNode, webCryptoOnly } from './parts/micro.ts'
import type { Part } from './parts/part.ts'
import { large, memory, redis, sqlite, sqliteGrowth } from './parts/stores.ts'
import { onWorkerd } from './parts/workerd.ts'
import { writes } from './parts/writes.ts'
import { judged, printed } from './report/print.ts'
import { isMet, type Target } from './report/result.ts'

const parts: Readonly<Record<string, Part>> = {
  node: onNode,
  'web-crypto': webCryptoOnly,
  bun: onBun,
  deno: onDeno,
  workerd: onWorkerd,
  idle: ofNoUse,
  growth,
  writes,
  import: coldImport,
  'large-session': large,
  memory,
  sqlite,
  'sqlite-growth': sqliteGrowth,
  redis,
  http: httpOnNode,
  'http-elsewhere': httpElsewhere,
}

// what fits into a minute
const QUICK = ['node', 'idle', 'writes', 'import', 'sqlite', 'redis', 'http']

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string', multiple: true },
  },
})

const results = new URL('results/', import.meta.url)
mkdirSync(results, { recursive: true })
const targets: Target[] = []
for (const name of values.part ?? (values.quick ? QUICK : Object.keys(parts))) {
  const part = parts[name]
  if (!part) throw new TypeError(`No part ${name}; there are ${Object.keys(parts).join(', ')}.`)
  const result = await part(values.quick ? 'quick' : 'full')
  process.stdout.write(`\n== ${name}\n\n${printed(result)}\n`)
  targets.push(...result.targets)
  // a quick look is no result
  if (!values.quick) write(name, { ...machine(), ...result })
}
if (!values.quick) await import('./report/page.ts')
const missed = targets.filter((target) => !isMet(target))
process.stdout.write(`\n${targets.length - missed.length} of ${targets.length} targets met\n`)
process.stdout.write(missed.map((target) => `${judged(target)}\n`).join(''))

function write(name: string, result: object): void {
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(result, undefined, 2)}\n`)
}
