import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/index.ts'
import { everyChoice } from './choices.ts'
import { Laboratory } from './laboratory.ts'
import { explore, lockedOut, times } from './plots.ts'
import { atRandom, together, type Verdict } from './schedules.ts'

/** A store with one rule of the contract broken. */
function breaking(broken: (store: Store) => Partial<Store>): Laboratory {
  const wrap = (store: Store): Store => ({
    consistency: 'strong',
    get: (id) => store.get(id),
    create: (id, value, expires, owner) => store.create(id, value, expires, owner),
    update: (id, value, expires, version, owner) => store.update(id, value, expires, version, owner),
    touch: (id, expires, version) => store.touch(id, expires, version),
    delete: (id) => store.delete(id),
    list: (owner, limit, after) => store.list?.(owner, limit, after) ?? [],
    ...broken(store),
  })
  return new Laboratory(true, { wrap })
}

const unversioned = breaking((store) => ({
  update: async (id, value, expires, _version, owner) => {
    const found = await store.get(id)
    return found !== null && store.update(id, value, expires, found.version, owner)
  },
}))

const upserting = breaking((store) => ({
  update: async (id, value, expires, version, owner) =>
    (await store.update(id, value, expires, version, owner)) ||
    ((await store.get(id)) === null && store.create(id, value, expires, owner)),
}))

const touching = breaking((store) => {
  const former = new Map<string, string>()
  return {
    get: async (id) => {
      const found = await store.get(id)
      if (found) former.set(id, found.value)
      return found
    },
    touch: async (id, expires, version) =>
      (await store.touch(id, expires, version)) || store.create(id, former.get(id) ?? '', expires),
  }
})

const keeping = breaking(() => ({ delete: () => undefined }))

const unlisted = breaking((store) => ({
  create: (id, value, expires) => store.create(id, value, expires),
}))

async function problems(lab: Laboratory, ...names: string[]): Promise<string[]> {
  const found = new Set<string>()
  const ops = names.flatMap((name) => times(1, name))
  await everyChoice(async (choose) => {
    for (const problem of (await together(lab, ops, choose)).problems) found.add(problem)
  })
  return [...found]
}

describe('a store that breaks its contract is found out', () => {
  it.each([
    ['ignores the version of an update', unversioned, 'write a', 'write b', /lost or brought back data/],
    ['ignores the version of an update', unversioned, 'write a', 'login', /newer than it had loaded/],
    ['makes a record by update', upserting, 'write a', 'destroy', /brought a deleted session back/],
    ['makes a record by update', upserting, 'rotate', 'revoke', /brought a deleted session back/],
    ['makes a record by touch', touching, 'renew', 'destroy', /brought a deleted session back/],
    ['deletes nothing', keeping, 'read', 'destroy', /which is there/],
    ['forgets whose a session is', unlisted, 'login as another', 'read', /the list of bob is wrong/],
  ])('one that %s', async (_, lab, a, b, problem) => {
    expect(await problems(lab, a, b)).toContainEqual(expect.stringMatching(problem))
  })

  it('one that ignores the version locks browsers out when they rotate', async () => {
    const plot = { browser: times(3, 'read'), rotations: 1, wrong: lockedOut }
    expect(await explore('Rotation without compare-and-set', unversioned, plot)).toMatch(
      /^the browser is locked out/,
    )
  })
})

/** The first schedule at random that shows something, and its seed. */
async function found(lab: Laboratory): Promise<readonly [number, Verdict]> {
  for (let seed = 1; seed <= 5_000; seed++) {
    const verdict = await atRandom(lab, seed)
    if (verdict.problems.length > 0) return [seed, verdict]
  }
  throw new Error('no seed finds anything')
}

describe('a seed finds it too, and finds it again', { timeout: 60_000 }, () => {
  it.each([
    ['makes a record by update', upserting],
    ['makes a record by touch', touching],
    ['ignores the version of an update', unversioned],
    ['deletes nothing', keeping],
    ['forgets whose a session is', unlisted],
  ])('in a store that %s', async (what, lab) => {
    const [seed, first] = await found(lab)
    console.info(`A store that ${what}: seed ${seed}: ${first.problems[0]}`)
    const again = await atRandom(lab, seed)
    expect([again.trace, again.problems]).toEqual([first.trace, first.problems])
  })
})
