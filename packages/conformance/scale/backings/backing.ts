import type { Apps } from '../apps.ts'
import type { Loss } from '../tally.ts'

/** What the sessions of a run are kept in. */
export interface Backing {
  readonly apps: Apps
  /** Breaks it in the middle of the run, and mends it; says what was seen. Absent where nothing is broken. */
  disturb?(): Promise<string>
  /** Why this was lost, where the engine allows it; `undefined` where nothing does. */
  reason(loss: Loss): Promise<string | undefined>
  /** What records take, in words. */
  sizes(): Promise<string>
  stop(): Promise<unknown>
}
