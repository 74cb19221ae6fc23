import { describe, expect, it } from 'vitest'
import { Laboratory } from './laboratory.ts'
import { atRandom } from './schedules.ts'

const SCHEDULES = 10_000
// a failing seed is run alone by KEEPSAKE_SEED=<number>
const ONE = Number(process.env.KEEPSAKE_SEED ?? 0)
const SEEDS = ONE ? [ONE] : Array.from({ length: SCHEDULES }, (_, i) => i + 1)

describe.each([
  ['with secrets', true],
  ['without secrets', false],
])('P7 P8 P10 P27: three requests at random, with a failing store and dying processes, %s', (name, secrets) => {
  it('does nothing that is not promised', { timeout: 180_000 }, async () => {
    const lab = new Laboratory(secrets)
    for (const seed of SEEDS) {
      const { problems, trace } = await atRandom(lab, seed)
      expect(problems, `KEEPSAKE_SEED=${seed}\n${trace}`).toEqual([])
    }
    console.info(`Triples ${name}: ${SEEDS.length} schedules, seeds ${SEEDS[0]} to ${SEEDS.at(-1)}`)
  })
})
