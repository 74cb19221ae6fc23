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

function expectAllProved(results: readonly Result[], worlds: readonly string[]): void {
  expect(results.flatMap(({ failed }) => failed)).toEqual([])
  expect(gaps(results)).toEqual([])
  for (const { number } of promises) {
    const proved = results.filter(({ row }) => row === `P${number}`).map(({ column }) => column)
    expect(proved.sort()).toEqual([...worlds].sort())
  }
}

const USUAL = [
  'sealed',
  'signed',
  'jwt',
  'stored',
  'stored, no secrets',
  'stored, encrypted at rest',
  'cached',
]

interface Run {
  readonly runtime: string
  readonly entry: string
  readonly by?: string
  /** Its own stores. */
  readonly stores?: readonly string[]
  readonly missing?: Readonly<Record<string, string>>
}

const runs: readonly Run[] = [
  { runtime: 'Node 24', entry: 'node', stores: ['node:sqlite'] },
  { runtime: 'Node 20.19', entry: 'node', missing: { 'node:sqlite': NO_SQLITE } },
  { runtime: 'Node 26', entry: 'node', stores: ['node:sqlite'] },
  { runtime: 'Deno', entry: 'deno', stores: ['node:sqlite', 'Deno KV'] },
  { runtime: 'Bun', entry: 'bun', stores: ['bun:sqlite'] },
  ...['Node 24', 'Deno', 'Bun'].map((runtime) => ({ runtime, entry: 'web-crypto', by: ' by WebCrypto' })),
]

const named = runs.map((run) => [`${run.runtime}${run.by ?? ''}`, run] as const)

test.each(named)(
  '%s keeps the promises',
  async (group, { runtime, entry, stores = [], missing }) => {
    const printed = await output(runtime, await script(`runtimes/${entry}`), 220)
    const proofs = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Proof)
    expectAllProved(keep(group, proofs, missing), [...USUAL, ...stores, ...Object.keys(missing ?? {})])
  },
  240_000,
)

test('workerd keeps the promises', async () => {
  const miniflare = await workerd('runtimes/worker')
  const worlds = [...USUAL, 'D1', 'Durable Objects', 'Workers KV']
  const proofs: Proof[] = []
  try {
    for (const world of worlds) {
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
  expectAllProved(keep('workerd', proofs), worlds)
}, 240_000)
