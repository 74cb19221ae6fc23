import { sqliteStore } from 'keepsake/sqlite'
import { proveAll, usualWorlds } from './prove-all.ts'

const sqlite = process.getBuiltinModule('node:sqlite')

await proveAll([
  ...usualWorlds(),
  ...(sqlite
    ? [
        {
          name: 'node:sqlite',
          backing: 'stored' as const,
          secrets: true,
          store: (clock: () => number) => sqliteStore(new sqlite.DatabaseSync(':memory:'), { clock }),
        },
      ]
    : []),
])
