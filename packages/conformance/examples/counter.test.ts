import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { browser } from 'keepsake/testing'
import { expect, test } from 'vitest'
import { freePort, launch } from '../browser/process.ts'
import { record } from '../report/results.ts'

const counter = resolve(import.meta.dirname, '../../../examples/counter')
const built = resolve(import.meta.dirname, '../.built')

/** 32 random bytes; they guard nothing. */
const SESSION_SECRET = 'wRi4oCkXeNsq3Zb8sVnK1xT6mYcR0wLh7GdJ5uPfEa2'

const commands: Readonly<Record<string, (port: string) => readonly string[]>> = {
  'Node 24': () => ['node', `${counter}/node.ts`],
  Deno: (port) => ['deno', 'serve', '--port', port, '--allow-env', `${counter}/deno.ts`],
  Bun: () => ['bun', `${counter}/bun.ts`],
  workerd: (port) =>
    ['wrangler', 'dev', '--config', `${counter}/wrangler.jsonc`, '--persist-to', `${built}/counter`].concat([
      '--var',
      `SESSION_SECRET:${SESSION_SECRET}`,
      '--port',
      port,
      '--inspector-port',
      '0',
    ]),
}

test.each(Object.entries(commands))(
  'examples/counter counts on %s',
  async (group, command) => {
    mkdirSync(built, { recursive: true })
    const port = await freePort()
    const server = await launch(command(`${port}`), { cwd: built, port, env: { SESSION_SECRET } })
    const visitors = ['ada', 'grace'].map(() =>
      browser((request) => fetch(request, { signal: AbortSignal.timeout(10_000) }), {
        origin: `http://localhost:${port}`,
      }),
    )
    const counts: string[] = []
    try {
      for (const at of [0, 0, 1, 0]) counts.push((await visitors[at]?.text('/')) ?? '')
      await server.restart()
      counts.push((await visitors[0]?.text('/')) ?? '')
    } finally {
      await server.stop()
    }
    const failed =
      counts.join('') === [1, 2, 1, 3, 4].map((n) => `Visits: ${n}\n`).join('') ? [] : [counts.join('')]
    const row = 'the counter counts each visitor apart, through a restart'
    record(`counter ${group}`, [
      { table: 'counter', group, column: 'examples/counter', row, passed: 1 - failed.length, failed },
    ])
    expect(failed).toEqual([])
  },
  240_000,
)
