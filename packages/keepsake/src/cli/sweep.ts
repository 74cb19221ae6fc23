import { parseArgs } from 'node:util'
import type { Store } from '../index.ts'
import type { Command } from './command.ts'
import { STORE_OPTIONS, STORE_USAGE, withStore } from './stores/open.ts'

/** So many at once, that no statement holds others up for long. */
const STEP = 1_000

/** `keepsake sweep` */
export const sweep: Command = {
  usage: `Usage: npx keepsake sweep --store <url>

Removes expired sessions, for a scheduled job, and says how many. Stores remove
some of them by themselves, at one create in 64; Redis all of them, so that
there is nothing to sweep. What ended less than ten minutes ago may stay.

${STORE_USAGE}
  --json       as JSON: { "removed": 128 }
`,
  async run(args) {
    const { values } = parseArgs({ args, options: STORE_OPTIONS })
    const removed = await withStore(values, sweepAll)
    const text = removed === undefined ? 'Redis removes them by itself.' : `Removed ${removed}.`
    return { exit: 0, json: { removed: removed ?? 0 }, text: () => `${text}\n` }
  },
}

/** How many there were; `undefined` where the engine has an expiry of its own. */
async function sweepAll(store: Store): Promise<number | undefined> {
  if (!store.sweep) return undefined
  for (let removed = 0; ; ) {
    const step = await store.sweep(STEP)
    removed += step
    if (step < STEP) return removed
  }
}
