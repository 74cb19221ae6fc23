import { describe, expect, it } from 'vitest'
import { Laboratory } from './laboratory.ts'
import { MAX_AGE, MOVES, type Move, SnapshotModel, type Story } from './snapshot-model.ts'
import { exploreStates } from './states.ts'

const { read, demote, login, logout, regenerate } = MOVES

async function explore(name: string, story: Story): Promise<string | undefined> {
  const lab = new Laboratory(true, {
    options: { cache: { maxAge: '1m' }, renewAfter: '3d', onReuse: 'report' },
  })
  const { states, wrong } = await exploreStates(() => SnapshotModel.begin(lab, story))
  console.info(`${name}: ${states} states${wrong ? `, found: ${wrong.split(':')[0]}` : ''}`)
  return wrong
}

/** Every token that was ever sent, with every snapshot that ever was, shows what that token showed in the store a moment ago. */
function showing(maxAge: number) {
  return async (model: SnapshotModel): Promise<string | undefined> => {
    for (const token of model.tokens) {
      const allowed = await model.allowed(token, maxAge)
      for (const snapshot of model.snapshots) {
        const shown = await model.show({ token, snapshot })
        if (!allowed.has(shown)) return `shown ${shown}, allowed ${[...allowed].join(' or ')}`
      }
    }
    return undefined
  }
}

/** Nothing is under way, so the browser sees its own writes, and nothing after its logout. */
async function outOfDate(model: SnapshotModel): Promise<string | undefined> {
  if (model.underWay.length > 0) return undefined
  const { jar } = model
  const seen = await model.show(jar)
  if (model.arrived.at(-1) === 'demote' && seen.includes('base')) return 'its own write is not seen'
  return jar.token === undefined && seen !== 'nothing' ? 'seen after the logout' : undefined
}

const both = async (model: SnapshotModel): Promise<string | undefined> =>
  (await showing(MAX_AGE)(model)) ?? outOfDate(model)

describe('P2 P3 P8 P10: any token with any snapshot, responses late and lost', { timeout: 120_000 }, () => {
  it.each<[string, readonly Move[], number]>([
    ['a role is dropped', [read, read, demote], 2],
    ['a login', [read, login, read], 2],
    ['a login, then a logout', [read, login, logout], 1],
    ['a regenerate beside a dropped role', [regenerate, demote], 2],
    ['a change by GET beside a dropped role', [read, MOVES['write by GET'], demote], 1],
    ['a logout', [read, read, logout], 2],
  ])('%s', async (name, moves, ticks) => {
    expect(await explore(name, { moves, ticks, wrong: both })).toBeUndefined()
  })

  it('what was dropped can be read within maxAge: what the docs say', async () => {
    const story = { moves: [read, demote], ticks: 1, wrong: showing(1) }
    expect(await explore('Late', story)).toMatch(/^shown nobody, base/)
  })

  it('and for all of it: who expects half is proved wrong', async () => {
    const story = { moves: [read, demote], ticks: 1, wrong: showing(MAX_AGE / 2) }
    expect(await explore('Half', story)).toMatch(/^shown nobody, base/)
  })
})
