import { sqliteStore } from 'keepsake/sqlite'
import { proveAll, usualWorlds } from './prove-all.ts'

await proveAll([
  ...usualWorlds(),
  {
    name: 'bun:sqlite',
    backing: 'stored',
    secrets: true,
    store: (clock) => sqliteStore(':memory:', { clock }),
  },
])
