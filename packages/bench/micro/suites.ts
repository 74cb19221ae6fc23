import type { Job } from '../measure/interleave.ts'
import { sized, small } from './data.ts'
import { hostile } from './hostile.ts'
import { idle } from './idle.ts'
import { sideBySide } from './side-by-side.ts'

/** Jobs that are measured in turns, in one process. `web`: with Web Cryptography alone. */
export const suites: Readonly<Record<string, (web: boolean) => Promise<readonly Job[]>>> = {
  small: (web) => sideBySide(web, small()),
  large: (web) => sideBySide(web, sized(2_500)),
  hostile,
  idle,
  ...growth([100, 500, 1_000, 2_000, 2_500]),
}

/** How the cost grows with the payload. */
function growth(sizes: readonly number[]): typeof suites {
  return Object.fromEntries(sizes.map((bytes) => [`${bytes} B`, (web) => sideBySide(web, sized(bytes))]))
}
