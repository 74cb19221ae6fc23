import { bench, type ContractOptions, type MakeStore } from './contract-bench.ts'
import { expiryChecks } from './contract-expiry.ts'
import { ownerChecks } from './contract-owner.ts'
import { recordChecks } from './contract-record.ts'
import { valueChecks } from './contract-values.ts'
import { versionChecks } from './contract-versions.ts'

export type { ContractOptions, MakeStore } from './contract-bench.ts'

/** One promise of the store contract; `run` rejects with an `AssertionError` when it is broken. */
export interface ContractCheck {
  readonly name: string
  readonly run: () => Promise<void>
}

/**
 * The store contract as checks that any test runner can run:
 *
 * ```ts
 * for (const { name, run } of storeContract((clock) => myStore(client, { clock }))) test(name, run)
 * ```
 */
export function storeContract(make: MakeStore, options: ContractOptions = {}): ContractCheck[] {
  const { consistency = 'strong', list = true, sweep = false } = options
  const specs = [
    ...recordChecks.filter((check) => options.closed || !check.closes),
    ...(consistency === 'strong' ? versionChecks : []),
    ...valueChecks,
    ...expiryChecks.filter((check) => sweep || !check.sweeps),
    ...(list ? ownerChecks : []),
  ]
  return specs.map(({ name, run }) => ({ name, run: async () => run(await bench(make, options)) }))
}
