import type { Result } from '../report/result.ts'

/** `quick`: all of it in a minute, for a look while one works; its numbers are worth little. */
export type Extent = 'quick' | 'full'

/** One part of the benchmark: what belongs together, measured in the same run. */
export type Part = (extent: Extent) => Promise<Result>
