import { type ContractOptions, type MakeStore, storeContract } from '../../src/testing/store-contract.ts'

/** What became of a check that ran on another runtime. */
export interface CheckResult {
  readonly name: string
  readonly error: string | null
}

/** Runs the contract where there is no test runner. */
export async function runChecks(make: MakeStore, options: ContractOptions): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const { name, run } of storeContract(make, options)) {
    const error = await run().then(() => null, String)
    results.push({ name, error })
  }
  return results
}

/** What must come back: every check of the contract, passed. */
export function allPassed(options: ContractOptions): CheckResult[] {
  const checks = storeContract(() => Promise.reject(new Error('not made')), options)
  return checks.map(({ name }) => ({ name, error: null }))
}
