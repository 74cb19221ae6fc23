import type { RaceOptions } from '../../src/testing/store-races.ts'

/** Fewer rounds than elsewhere: Miniflare takes a hundred times as long for a call as the engines themselves. */
export const RACES: RaceOptions = { rounds: 64 }
