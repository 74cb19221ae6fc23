import { describe, expect, test } from 'vitest'
import { type Plan, plan, type Wish } from '../../src/core/plan.ts'

const KEYS = [
  'found',
  'looked',
  'destroyed',
  'apart',
  'reissue',
  'changed',
  'filled',
  'due',
  'moving',
] as const

/** Every wish there can be. */
const wishes: readonly Wish[] = Array.from(
  { length: 2 ** KEYS.length },
  (_, bits) => Object.fromEntries(KEYS.map((key, i) => [key, (bits & (1 << i)) > 0])) as unknown as Wish,
)

/** The first row that fits decides; what a row leaves out may be either. */
const TABLE: readonly [Partial<Wish>, Plan][] = [
  [{ looked: false }, 'nothing'],
  [{ destroyed: true, filled: true }, 'replace'],
  [{ destroyed: true, filled: false }, 'remove'],
  [{ apart: true, filled: true }, 'replace'],
  [{ apart: true, filled: false }, 'remove'],
  [{ found: false, filled: true }, 'create'],
  [{ found: false, filled: false }, 'nothing'],
  [{ found: true, moving: true, reissue: true }, 'take'],
  [{ found: true, moving: true, changed: true }, 'take'],
  [{ found: true, moving: true, due: true }, 'take'],
  [{ found: true, moving: true }, 'nothing'],
  [{ found: true, reissue: true }, 'reissue'],
  [{ found: true, reissue: false, changed: true }, 'change'],
  [{ found: true, reissue: false, changed: false, due: true }, 'touch'],
  [{ found: true, reissue: false, changed: false, due: false }, 'nothing'],
]

const fits = (wish: Wish, row: Partial<Wish>): boolean =>
  KEYS.every((key) => row[key] === undefined || row[key] === wish[key])

describe('of all 512 wishes', () => {
  test.each(TABLE)('%j: %s', (row, decision) => {
    const covered = wishes.filter((wish) => TABLE.find(([other]) => fits(wish, other))?.[0] === row)
    expect(covered.length).toBeGreaterThan(0)
    for (const wish of covered) expect(plan(wish), JSON.stringify(wish)).toBe(decision)
  })

  test('each is in the table', () => {
    expect(wishes.filter((wish) => !TABLE.some(([row]) => fits(wish, row)))).toEqual([])
    expect(new Set(wishes.map((wish) => JSON.stringify(wish))).size).toBe(512)
  })
})

const are = (decisions: readonly Plan[], wanted: Partial<Wish>): readonly Wish[] =>
  wishes.filter((wish) => decisions.includes(plan(wish)) && !fits(wish, wanted))

describe('what no wish leads to', () => {
  test('anything, where nobody looked', () => {
    expect(
      are(['take', 'touch', 'create', 'change', 'reissue', 'remove', 'replace'], { looked: true }),
    ).toEqual([])
  })

  test('a write on what was not found', () => {
    expect(are(['take', 'touch', 'change', 'reissue'], { found: true })).toEqual([])
  })

  test('a record of an empty new session', () => {
    expect(are(['create', 'replace'], { filled: true })).toEqual([])
  })

  test('a removal nobody asked for', () => {
    const asked = ({ destroyed, apart }: Wish): boolean => destroyed || apart
    const removed = wishes.filter((wish) => ['remove', 'replace'].includes(plan(wish)))
    expect(removed.filter((wish) => !asked(wish))).toEqual([])
  })

  test('the old token, after a login, regenerate or remember', () => {
    const kept = wishes.filter((wish) => ['touch', 'change'].includes(plan(wish)))
    expect(kept.filter(({ reissue }) => reissue)).toEqual([])
  })
})

test('it reads its wish, nothing else, and leaves it as it is', () => {
  for (const wish of wishes) {
    const read = new Set<string | symbol>()
    const watched = new Proxy(Object.freeze({ ...wish }), {
      get: (target, key, receiver) => {
        read.add(key)
        return Reflect.get(target, key, receiver)
      },
    })
    expect(plan(watched)).toBe(plan(wish))
    expect(plan.length).toBe(1)
    expect([...read].every((key) => KEYS.includes(key as (typeof KEYS)[number]))).toBe(true)
  }
})
