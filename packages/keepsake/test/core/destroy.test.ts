import { expect, it } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'

const url = 'https://example.test/'

it('carries a logout out although what was written after it can not be kept', async () => {
  const store = new MemoryStore()
  const sessions = new SessionManager<{ name: unknown }>({ store })
  const first = await sessions.load(new Request(url))
  first.data.name = 'Ada'
  const [cookie = ''] = await sessions.save(first)

  const request = new Request(url, { headers: { cookie: cookie.split(';')[0] ?? '' } })
  const session = await sessions.load(request)
  session.destroy()
  session.data.name = new Map()

  await expect(sessions.save(session)).rejects.toMatchObject({
    code: 'invalid_data',
    cookies: [expect.stringMatching(/^__Host-Http-session=; Max-Age=0/)],
  })
  expect(store.size).toBe(0)
})
