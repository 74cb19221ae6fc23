import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Visitor } from '../../src/testing.ts'
import type { App } from './manager-suite.ts'

const PAGE = readFileSync(new URL('../../../../docs/stores.md', import.meta.url), 'utf8')
const NAMES = ['ada', 'bob', 'dan', 'eve', 'fay', 'gus', 'hal', 'ida']
const ENOUGH = 40
/** ms: the app's `storeTimeout`, and what a busy machine may take; no error may come later. */
const LATEST = 1_000 + 500

/** Something that goes wrong while visitors count. */
export interface Fault {
  /** What it is called in docs/stores.md. */
  readonly name: string
  readonly strike: () => unknown
  readonly heal: () => unknown
  /** The engine itself loses what it had. */
  readonly forgets?: boolean
  /** What visitors may be told. @default that the store is unavailable */
  readonly told?: readonly string[]
}

interface Counting {
  readonly name: string
  readonly visitor: Visitor
  acknowledged: number
}

/** The end of a visitor's counting: what the app said, so many ms after the fault. */
interface Refusal {
  readonly told: string
  readonly after: number
}

/** Eight visitors count without a pause, the fault strikes, each goes on until refused; then it is healed. */
export async function strikeMidway(engine: string, app: App, fault: Fault): Promise<void> {
  const crowd = await Promise.all(NAMES.map((name) => arrive(app, name)))
  const cookies = crowd.map(({ visitor }) => visitor.cookies())
  const { refusals, flying } = await countUntilRefused(crowd, fault)
  for (const { told } of refusals) expect(fault.told ?? ['store_unavailable']).toContain(told)
  if (!fault.told) for (const { after } of refusals) expect(after).toBeLessThan(LATEST)
  expect(flying).toBeGreaterThan(0)

  await fault.heal()
  for (const counting of crowd) await expectKept(counting, fault)
  const changed = crowd.filter(({ visitor }, at) => !isSame(visitor.cookies(), cookies[at])).length
  expect(changed).toBe(0)
  for (const counting of crowd) await expectGoesOn(counting, fault)

  const written = crowd.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  const after = refusals.map((refusal) => Math.round(refusal.after))
  const errors = fault.told ? 'none' : `${Math.min(...after)} ms, ${Math.max(...after)} ms`
  const readBack = fault.forgets ? 'none' : 'all'
  const row = [engine, fault.name, flying, `${written}, ${readBack}`, errors, changed]
  console.info(`| ${row.join(' | ')} |`)
  expect(PAGE.includes(`| ${engine} | ${fault.name} |`), `docs/stores.md has no row for ${fault.name}`).toBe(
    true,
  )
}

async function arrive(app: App, name: string): Promise<Counting> {
  const visitor = app.visit()
  expect(await visitor.text(`/login/${name}`)).toBe(`${name} 0`)
  return { name, visitor, acknowledged: 0 }
}

async function countUntilRefused(
  crowd: readonly Counting[],
  fault: Fault,
): Promise<{ readonly refusals: readonly Refusal[]; readonly flying: number }> {
  let [acknowledged, flying, flyingThen, began] = [0, 0, 0, Number.NaN]
  let struck: unknown
  const count = async (counting: Counting): Promise<Refusal> => {
    for (;;) {
      flying++
      const told = await counting.visitor.text('/count')
      flying--
      if (told !== `${counting.name} ${counting.acknowledged + 1}`)
        return { told, after: performance.now() - began }
      counting.acknowledged++
      if (++acknowledged !== ENOUGH) continue
      ;[flyingThen, began] = [flying, performance.now()]
      struck = fault.strike()
    }
  }
  const refusals = await Promise.all(crowd.map(count))
  await struck
  expect(acknowledged).toBeGreaterThanOrEqual(ENOUGH)
  return { refusals, flying: flyingThen }
}

/** What was acknowledged is there; the one that was refused may be. */
async function expectKept({ name, visitor, acknowledged }: Counting, { forgets }: Fault): Promise<void> {
  const wanted = forgets ? ['nobody 0'] : [acknowledged, acknowledged + 1].map((count) => `${name} ${count}`)
  await expect.poll(() => visitor.text('/'), { timeout: 20_000 }).toBeOneOf(wanted)
}

async function expectGoesOn({ name, visitor, acknowledged }: Counting, { forgets }: Fault): Promise<void> {
  if (forgets) await visitor.get(`/login/${name}`)
  const [owner, count] = (await visitor.text('/count')).split(' ')
  expect(owner).toBe(name)
  expect(Number(count)).toBeGreaterThan(forgets ? 0 : acknowledged)
}

function isSame(now: unknown, then: unknown): boolean {
  return JSON.stringify(now) === JSON.stringify(then)
}
