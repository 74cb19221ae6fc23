import { expect, test } from 'vitest'
import { promises } from '../promises/index.ts'
import type { Proof } from '../promises/prove.ts'
import { type Result, record } from '../report/results.ts'
import { gaps } from '../report/table.ts'
import { script } from './bundle.ts'
import { forEventual } from './eventual.ts'
import { workerd } from './miniflare.ts'
import { output } from './started.ts'

const NO_SQLITE = 'Node 20.19 has no node:sqlite; it comes with 22.13'

function keep(
  group: string,
  proofs: readonly Proof[],
  missing: Readonly<Record<string, string>> = {},
): Result[] {
  const proved = proofs.map(({ promise, world, ...proof }) => ({
    row: `P${promise}`,
    column: world,
    ...proof,
  }))
  const absent = Object.entries(missing).flatMap(([column, why]) =>
    promises.map(({ number }) => ({ row: `P${number}`, column, passed: 0, failed: [], absent: why })),
  )
  const results = [...proved, ...absent].map((it) => ({ table: 'promises', group, ...it }))
  record(`promises ${group}`, results)
  return results
}

function expectAllProved(results: readonly Result[]): void {
  expect(results.flatMap(({ failed }) => failed)).toEqual([])
  expect(gaps(results)).toEqual([])
  expect(new Set(results.map(({ row }) => row)).size).toBe(promises.length)
}

test.each([
  ['Node 24', 'node', ''],
  ['Node 20.19', 'node', '', { 'node:sqlite': NO_SQLITE }],
  ['Node 26', 'node', ''],
  ['Deno', 'deno', ''],
  ['Bun', 'bun', ''],
  ['Node 24', 'web-crypto', ' by WebCrypto'],
  ['Deno', 'web-crypto', ' by WebCrypto'],
  ['Bun', 'web-crypto', ' by WebCrypto'],
])(
  '%s keeps the promises: %s%s',
  async (runtime, entry, by, missing?: Readonly<Record<string, string>>) => {
    const printed = await output(runtime, await script(`runtimes/${entry}`), 110)
    const proofs = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Proof)
    expectAllProved(keep(runtime + by, proofs, missing))
  },
  120_000,
)

test('workerd keeps the promises', async () => {
  const miniflare = await workerd('runtimes/worker')
  const proofs: Proof[] = []
  try {
    for (const world of [
      'sealed',
      'signed',
      'stored',
      'stored, no secrets',
      'D1',
      'Durable Objects',
      'Workers KV',
    ]) {
      for (const { number } of promises) {
        const query = new URLSearchParams({ promise: `${number}`, world })
        const response = await miniflare.dispatchFetch(`http://localhost/?${query}`)
        const proof = (await response.json()) as Proof
        proofs.push(world === 'Workers KV' ? forEventual(proof) : proof)
      }
    }
  } finally {
    await miniflare.dispose()
  }
  expectAllProved(keep('workerd', proofs))
}, 120_000)
