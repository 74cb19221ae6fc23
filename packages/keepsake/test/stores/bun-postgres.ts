import { postgresStore, type UnsafePostgres } from '../../src/postgres.ts'
import { runChecks } from './checks.ts'

interface Host {
  readonly Bun: {
    readonly SQL: new (url: string, options: object) => UnsafePostgres & { close(): Promise<void> }
  }
}

const { Bun } = globalThis as unknown as Host
const client = new Bun.SQL(process.argv[2] ?? '', { prepare: false, max: 4 })
const results = await runChecks((clock) => postgresStore(client, { clock, table: 'bun' }), {
  sweep: true,
  sweepLag: 600_000,
})
await client.close()
console.log(JSON.stringify(results))
