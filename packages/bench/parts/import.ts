import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../measure/child.ts'
import { median } from '../measure/stats.ts'
import { atMost, type Result } from '../report/result.ts'
import type { Extent } from './part.ts'

const MODULES = {
  nothing: '',
  keepsake: 'keepsake',
  'iron-session 9': 'iron-session',
  '@hono/session': '@hono/session',
}

/** How long the first import takes, in a process of its own. */
export async function coldImport(extent: Extent): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-bench-'))
  const files = Object.entries(MODULES).map(([name, module]) => {
    const file = join(folder, `${name.replaceAll(/\W/g, '-')}.mjs`)
    const url = module ? import.meta.resolve(module) : pathToFileURL(join(folder, 'empty.mjs')).href
    writeFileSync(
      file,
      `const start = performance.now(); await import(${JSON.stringify(url)}); console.log(performance.now() - start)`,
    )
    return { name, file, samples: [] as number[] }
  })
  writeFileSync(join(folder, 'empty.mjs'), '')
  for (let round = 0; round < (extent === 'quick' ? 5 : 31); round++) {
    for (const { file, samples } of files) samples.push(Number(await run(['node', file])))
  }
  const ms = new Map(files.map(({ name, samples }) => [name, median(samples)]))
  const over = (name: string): number => (ms.get(name) ?? 0) - (ms.get('nothing') ?? 0)
  return {
    tables: [
      {
        title: 'First import on Node, ms over an empty module',
        columns: ['', 'ms'],
        rows: Object.keys(MODULES).map((name) => [name, over(name)]),
      },
    ],
    targets: [atMost('first import on Node, over an empty module', over('keepsake'), 2, 'ms')],
  }
}
