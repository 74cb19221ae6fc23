import { describe, expect, it } from 'vitest'
import { Laboratory } from './laboratory.ts'
import { legible } from './legible.ts'
import { explore, lockedOut, quiet, times } from './plots.ts'

describe('P10: rotation locks no browser out, and takes none for a thief', { timeout: 60_000 }, () => {
  it.each([
    ['with secrets', quiet()],
    ['without secrets', new Laboratory(false)],
    ['encrypted at rest', quiet({ encryptAtRest: legible() })],
  ])('four reads, two rotations, responses late and lost, %s', async (name, lab) => {
    const plot = { browser: times(4, 'read'), rotations: 2, wrong: lockedOut }
    expect(await explore(`Rotation ${name}`, lab, plot)).toBeUndefined()
  })

  it('three reads, one rotation, two renewals', async () => {
    const plot = { browser: times(3, 'read'), rotations: 1, rests: 2, wrong: lockedOut }
    expect(await explore('Rotation and renewal', new Laboratory(true), plot)).toBeUndefined()
  })

  it('five reads, two rotations', async () => {
    const plot = { browser: times(5, 'read'), rotations: 2, wrong: lockedOut }
    expect(await explore('Rotation, five reads', quiet(), plot)).toBeUndefined()
  })

  it('reads beside a write and an update', async () => {
    const browser = [...times(1, 'read'), ...times(1, 'write a'), ...times(1, 'count')]
    expect(
      await explore('Rotation beside writes', quiet(), { browser, rotations: 2, wrong: lockedOut }),
    ).toBeUndefined()
  })

  it('P27: a store that fails, loses answers, or writes too late', async () => {
    const faults = ['fail', 'lost', 'late'] as const
    const plot = { browser: times(3, 'read'), rotations: 2, faults, wrong: lockedOut }
    expect(await explore('Rotation under faults', new Laboratory(true), plot)).toBeUndefined()
  })
})
