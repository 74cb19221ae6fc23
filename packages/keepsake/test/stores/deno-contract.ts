import { type DenoKv, denoKvStore } from '../../src/deno/kv.ts'
import { sqliteStore } from '../../src/sqlite.ts'
import { runChecks, runRaces } from './checks.ts'

interface Host {
  readonly Deno: {
    openKv(path: string): Promise<DenoKv & { close(): void }>
    makeTempFile(options: { suffix: string }): Promise<string>
    remove(path: string): Promise<void>
  }
}

const { Deno } = globalThis as unknown as Host
const later = new Date(Date.now() + 86_400_000)
const kv = await Deno.openKv(':memory:')
const file = await Deno.makeTempFile({ suffix: '.db' })

const checks = {
  kv: await runChecks((clock) => denoKvStore(kv, { clock }), {}),
  sqlite: await runChecks((clock) => sqliteStore(file, { clock }), { sweep: true, sweepLag: 600_000 }),
  races: await runRaces((clock) => denoKvStore(kv, { clock, prefix: 'races' })),
  apart: await apart(),
  forgotten: await forgotten(),
}
await Deno.remove(file)
kv.close()
console.log(JSON.stringify(checks))

/** What one app sees of another's sessions in the same database. */
async function apart(): Promise<unknown> {
  const [shop, blog] = [denoKvStore(kv, { prefix: 'shop' }), denoKvStore(kv, { prefix: 'blog' })]
  await shop.create('id', 'x', later, 'ada')
  return [await blog.get('id'), await blog.list('ada', 9), (await shop.list('ada', 9)).length]
}

/** The keys that are left of a session that was deleted. */
async function forgotten(): Promise<unknown> {
  const store = denoKvStore(kv, { prefix: 'forgotten' })
  await store.create('id', 'x', later, 'ada')
  await store.update('id', 'x', later, 1, 'bob')
  const between = await keys('forgotten')
  await store.delete('id')
  return [between, await keys('forgotten')]
}

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of kv.list({ prefix: [prefix], start: [prefix, ''] }, { limit: 100 }))
    found.push(key.join('/'))
  return found
}
