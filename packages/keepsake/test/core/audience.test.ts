import { expect, it } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'

const url = 'https://example.test/'

it('keeps tenants on one store apart: neither token nor id reaches the record of another', async () => {
  const store = new MemoryStore()
  const mine = new SessionManager({ store, audience: 'mine' })
  const theirs = new SessionManager({ store, audience: 'theirs' })
  const session = await mine.load(new Request(url))
  session.login('ada')
  const [line = ''] = await mine.save(session)
  const request = (): Request => new Request(url, { headers: { cookie: line.split(';')[0] ?? '' } })

  expect((await theirs.load(request())).owner).toBeUndefined()
  expect(await theirs.list('ada')).toEqual([])
  expect(await theirs.revoke(session.id, { owner: 'ada' })).toBe(false)
  expect(await theirs.revokeAll('ada')).toBe(0)
  expect((await mine.load(request())).owner).toBe('ada')
  expect(await mine.revoke(session.id, { owner: 'ada' })).toBe(true)
})
