import { afterAll, expect, test } from 'vitest'
import { promises } from '../../../conformance/promises/index.ts'
import { casesOf, type Proof } from '../../../conformance/promises/prove.ts'
import { gaps, table } from '../../../conformance/promises/table.ts'
import { open } from '../../../conformance/promises/world.ts'
import { settings } from './worlds.ts'

const proofs: Proof[] = []

for (const { world, lib } of await settings()) {
  for (const promised of promises) {
    const cases = casesOf(promised, world)
    const absent = cases.length === 0 ? promised.absent(world) : undefined
    const failed: string[] = []
    const proof = {
      promise: promised.number,
      world: world.name,
      passed: 0,
      failed,
      ...(absent && { absent }),
    }
    proofs.push(proof)
    for (const { name, run } of cases) {
      test(`P${promised.number} ${name} [${world.name}]`, async () => {
        failed.push(name)
        await run(await open(world, lib))
        failed.pop()
        proof.passed++
      })
    }
  }
}

test('every promise is proved in every world, or there is a reason why not', () => {
  expect(gaps(proofs)).toEqual([])
})

test('the engines are the ones the worlds are named after', async () => {
  const { engine } = await import('../../src/core/crypto.ts')
  expect(engine().name).toBe('web')
})

afterAll(() => {
  console.log(`\n${table('the source, on Node', proofs)}\n`)
})
