import { expect, it } from 'vitest'
import { SeenEntries } from '../../src/redis/entries.ts'

it('remembers the entries seen last, and no more than ten thousand', () => {
  const seen = new SeenEntries()
  for (let i = 0; i < 10_001; i++) seen.set(`id${i}`, { owner: 'ada', kept: 5 })
  expect([seen.get('id0'), seen.get('id1'), seen.get('id10000')]).toEqual([
    undefined,
    { owner: 'ada', kept: 5 },
    { owner: 'ada', kept: 5 },
  ])
})

it('forgets an entry of a record that has no owner any more', () => {
  const seen = new SeenEntries()
  seen.set('id', { owner: 'ada', kept: 5 })
  seen.set('id', { owner: '', kept: 0 })
  expect(seen.get('id')).toBeUndefined()
})

it('covers a record of the same owner that expires no later', () => {
  const seen = new SeenEntries()
  seen.set('id', { owner: 'ada', kept: 5 })
  const asked = [seen.covers('id', 'ada', 5), seen.covers('id', 'ada', 6), seen.covers('id', 'bob', 5)]
  expect(asked).toEqual([true, false, false])
})
