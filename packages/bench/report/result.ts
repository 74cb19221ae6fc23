/** What one part of the benchmark found. */
export interface Result {
  readonly tables: readonly Table[]
  readonly targets: readonly Target[]
}

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  /** The first cell names the row. */
  readonly rows: readonly (readonly (string | number)[])[]
}

/** A promise of speed, and what was measured. */
export interface Target {
  readonly what: string
  readonly measured: number
  readonly bound: 'at most' | 'at least'
  readonly limit: number
  /** `×` for a ratio; else what the numbers count. */
  readonly unit: string
}

export function atMost(what: string, measured: number, limit: number, unit = '×'): Target {
  return { what, measured, bound: 'at most', limit, unit }
}

export function atLeast(what: string, measured: number, limit: number, unit = '×'): Target {
  return { what, measured, bound: 'at least', limit, unit }
}

export function isMet({ measured, bound, limit }: Target): boolean {
  return bound === 'at most' ? measured <= limit : measured >= limit
}

/** Two results as one. */
export function join(results: readonly Result[]): Result {
  return {
    tables: results.flatMap(({ tables }) => tables),
    targets: results.flatMap(({ targets }) => targets),
  }
}
