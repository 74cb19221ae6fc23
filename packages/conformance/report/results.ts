import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** What became of one row of a table in one of its columns. */
export interface Result {
  /** The table: `promises`, `http`, `browser`. */
  readonly table: string
  /** The columns of one runtime or server stand together. */
  readonly group: string
  readonly column: string
  readonly row: string
  readonly passed: number
  readonly failed: readonly string[]
  /** Why there is no case, or why not all cases apply. */
  readonly absent?: string
}

/** Kept out of git; the table of the last run is in it too. */
export const folder: string = resolve(import.meta.dirname, '../.results')

export function forget(): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Keeps the results of one part of the run for the table at its end. */
export function record(part: string, results: readonly Result[]): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(resolve(folder, `${part.replaceAll(/[^\w.]+/g, '-')}.json`), JSON.stringify(results))
}

export function recorded(): Result[] {
  mkdirSync(folder, { recursive: true })
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names.sort().flatMap((name) => JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as Result[])
}
