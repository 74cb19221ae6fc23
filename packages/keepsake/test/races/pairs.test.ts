import { describe, expect, it } from 'vitest'
import { everyChoice } from './choices.ts'
import { Laboratory } from './laboratory.ts'
import { legible } from './legible.ts'
import { OPS, type Op } from './requests.ts'
import { together } from './schedules.ts'

const PAIRS = OPS.flatMap((a, i) => OPS.slice(i).map((b): [Op, Op] => [a, b]))

describe.each([
  ['with secrets', new Laboratory(true)],
  ['without secrets', new Laboratory(false)],
  ['encrypted at rest', new Laboratory(true, { options: { encryptAtRest: legible() } })],
])('P7 P8 P10: two requests in every order, %s', { timeout: 30_000 }, (name, lab) => {
  let total = 0

  it.each(PAIRS.map((ops) => [ops[0].name, ops[1].name, ops] as const))('%s, %s', async (_a, _b, ops) => {
    total += await everyChoice(async (choose) => {
      const { problems, trace } = await together(lab, ops, choose)
      expect(problems, trace).toEqual([])
    })
  })

  it('counts them', () => {
    console.info(`Pairs ${name}: ${total} schedules of ${PAIRS.length} pairs`)
    expect(total).toBeGreaterThan(6_000)
  })
})
