import { describe, expect, it } from 'vitest'
import type { LineModel } from './line-model.ts'
import { explore, isIn, quiet, reuse, times } from './plots.ts'

/** The browser showed a token that was retired, because somebody else went on with a copy. */
function isRefused({ ended }: LineModel): boolean {
  return ended.some(({ who, reply }) => who === 'browser' && reply.outcome === 'reused')
}

describe('P10: a thief copies the token at any moment', { timeout: 60_000 }, () => {
  const both = { browser: times(2, 'read'), thief: times(2, 'read'), rotations: 1 }

  it('ends the session for both when the browser comes back', async () => {
    const wrong = async (model: LineModel): Promise<string | undefined> =>
      isRefused(model) && (await model.line()) ? 'the browser is refused, the session lives' : undefined
    expect(await explore('Thief', quiet(), { ...both, wrong })).toBeUndefined()
  })

  it("stays in where reuse is only reported: what 'end' is for", async () => {
    const wrong = async (model: LineModel): Promise<string | undefined> =>
      isRefused(model) && (await isIn(model, model.tokens.thief))
        ? 'the thief is in, the browser is not'
        : undefined
    expect(await explore('Thief, reported', quiet({ onReuse: 'report' }), { ...both, wrong })).toMatch(
      /^the thief is in/,
    )
  })

  it('is found when two rotations ahead', async () => {
    const wrong = async (model: LineModel): Promise<string | undefined> =>
      isRefused(model) && !(await model.line()) ? 'ended' : undefined
    const plot = { browser: times(1, 'read'), thief: times(4, 'read'), rotations: 2, wrong }
    expect(await explore('Thief ahead', quiet(), plot)).toMatch(/^ended/)
  })

  it('goes unnoticed in lockstep, as the docs say', async () => {
    const wrong = async (model: LineModel): Promise<string | undefined> => {
      const line = await model.line()
      const rotated = line !== undefined && line.generation > (model.stolen ?? line.generation)
      const both = (await isIn(model, model.tokens.thief)) && model.tokens.thief === model.tokens.browser
      return rotated && both && !reuse(model) ? 'both are in' : undefined
    }
    expect(await explore('Thief in lockstep', quiet(), { ...both, wrong })).toMatch(/^both are in/)
  })
})

/** Only a rotation may make the planted token one that was copied. */
async function fixated(model: LineModel): Promise<string | undefined> {
  const line = await model.line()
  if (reuse(model)) return 'a false alarm'
  if (!line) return 'the session was ended'
  const old = model.stolen !== undefined && model.stolen < line.base
  return old && (await isIn(model, model.tokens.thief)) ? 'the planted token opens' : undefined
}

describe('P10: fixation', { timeout: 60_000 }, () => {
  it('a token from before the login opens nothing, ends nothing, and is no theft', async () => {
    const browser = [...times(1, 'first login'), ...times(2, 'read')]
    const plot = { browser, thief: times(2, 'read'), rotations: 0, wrong: fixated }
    expect(await explore('Fixation', quiet(), plot)).toBeUndefined()
  })

  it('a late request of one tab is no theft after the login in another', async () => {
    const browser = [...times(1, 'first login'), ...times(2, 'read')]
    const wrong = async (model: LineModel): Promise<string | undefined> =>
      reuse(model) ? 'a false alarm' : (await model.line()) ? undefined : 'the session was ended'
    expect(await explore('Login and rotation', quiet(), { browser, rotations: 1, wrong })).toBeUndefined()
  })
})

describe('P8: clearing', { timeout: 60_000 }, () => {
  it('a late response of an ended session does not wipe a fresh login', async () => {
    const login = times(1, 'first login').map((op) => ({ ...op, after: 'destroy' }))
    const browser = [...times(2, 'read'), ...times(1, 'take'), ...times(1, 'destroy'), ...login]
    const wrong = async ({ arrived, tokens }: LineModel): Promise<string | undefined> =>
      arrived.length > 0 && tokens.browser === undefined ? 'the login is wiped' : undefined
    expect(await explore('Clearing', quiet(), { browser, rotations: 0, wrong })).toBeUndefined()
  })
})
