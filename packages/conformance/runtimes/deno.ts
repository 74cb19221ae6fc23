import { type DenoKv, denoKvStore } from 'keepsake/deno'
import { sqliteStore } from 'keepsake/sqlite'
import { proveAll, usualWorlds } from './prove-all.ts'

const { Deno } = globalThis as unknown as { readonly Deno: { openKv(path: string): Promise<DenoKv> } }

await proveAll([
  ...usualWorlds(),
  {
    name: 'node:sqlite',
    backing: 'stored',
    secrets: true,
    store: (clock) => sqliteStore(':memory:', { clock }),
  },
  {
    name: 'Deno KV',
    backing: 'stored',
    secrets: true,
    store: async (clock) => denoKvStore(await Deno.openKv(':memory:'), { clock }),
  },
])
