import {
  type ContractCheck,
  type ContractOptions,
  type MakeStore,
  storeContract,
} from '../../src/testing/store-contract.ts'
import { storeRaces } from '../../src/testing/store-races.ts'

/** What became of a check that ran on another runtime. */
export interface CheckResult {
  readonly name: string
  readonly error: string | null
}

/** Runs the contract where there is no test runner. */
export async function runChecks(make: MakeStore, options: ContractOptions): Promise<CheckResult[]> {
  return runAll(storeContract(make, options))
}

/** Races managers on stores of one engine, likewise. */
export async function runRaces(make: MakeStore): Promise<CheckResult[]> {
  return runAll(storeRaces(make))
}

async function runAll(checks: readonly ContractCheck[]): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const { name, run } of checks) results.push({ name, error: await run().then(() => null, String) })
  return results
}

/** What must come back: every check of the contract, passed. */
export function allPassed(options: ContractOptions): CheckResult[] {
  return passed(storeContract(notMade, options))
}

/** What must come back of the races: nobody was hurt. */
export function allWon(): CheckResult[] {
  return passed(storeRaces(notMade))
}

function passed(checks: readonly ContractCheck[]): CheckResult[] {
  return checks.map(({ name }) => ({ name, error: null }))
}

function notMade(): Promise<never> {
  return Promise.reject(new Error('not made'))
}
