import { describe, expect, test } from 'vitest'
import { type Result, record } from '../report/results.ts'
import type { Check } from './check.ts'
import { cookies } from './checks/cookies.ts'
import { cost } from './checks/cost.ts'
import { http2 } from './checks/http2.ts'
import { responses } from './checks/responses.ts'
import { saved } from './checks/saved.ts'
import { trust } from './checks/trust.ts'
import { runtimes, type Served, serve } from './servers.ts'

const only =
  (stack: (name: string) => boolean, why: string) =>
  (check: Check): Check => ({
    ...check,
    absent: (served) => (stack(served.stack) ? check.absent?.(served) : why),
  })

const checks: readonly Check[] = [
  ...[...cost, ...saved, ...responses, ...cookies, ...trust].map(
    only(
      (stack) => !stack.startsWith('node:http2'),
      'asked over HTTP/1.1; this server is there for the crumbs of HTTP/2',
    ),
  ),
  ...http2.map(only((stack) => stack.startsWith('node:http2'), 'HTTP/1.1 has no crumbs')),
]

/** Asks a server everything; a row of the table may hold several checks. */
async function ask(served: Served): Promise<Result[]> {
  const rows = new Map<string, { passed: number; failed: string[]; reasons: string[] }>()
  for (const { row, name, absent, run } of checks) {
    const kept = rows.get(row) ?? { passed: 0, failed: [], reasons: [] }
    rows.set(row, kept)
    const why = absent?.(served)
    if (why !== undefined) {
      kept.reasons.push(why)
      continue
    }
    try {
      await run(served)
      kept.passed++
    } catch (error) {
      kept.failed.push(`${row} ${name} [${served.stack}, ${served.backing}]: ${error}`)
    }
  }
  return [...rows].map(([row, { passed, failed, reasons }]) => ({
    table: 'http',
    group: `${served.runtime}, ${served.stack}`,
    column: served.backing,
    row,
    passed,
    failed,
    ...(passed + failed.length === 0 && { absent: [...new Set(reasons)].join('; ') }),
  }))
}

describe.each(runtimes)('%s', (runtime) => {
  test('keeps the promises over HTTP', async () => {
    const running = await serve(runtime)
    const results: Result[] = []
    try {
      for (const served of running.served) results.push(...(await ask(served)))
    } finally {
      await running.stop()
    }
    record(`http ${runtime}`, results)
    expect(results.flatMap(({ failed }) => failed)).toEqual([])
    expect(results.length).toBeGreaterThan(0)
  }, 240_000)
})
