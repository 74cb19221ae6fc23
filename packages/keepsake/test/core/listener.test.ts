import { afterEach, expect, it, vi } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'

afterEach(() => void vi.restoreAllMocks())

it('lets no failing listener fail a request', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  const sessions = new SessionManager<{ n: number }>({
    store: new MemoryStore(),
    onEvent: () => {
      throw new Error('the monitor is down')
    },
  })
  const headers = { cookie: '__Host-Http-session=junk' }
  const session = await sessions.load(new Request('https://example.test/', { headers }))
  session.data.n = 1
  expect(await sessions.save(session)).toHaveLength(1)
  expect(session.outcome).toBe('malformed')
  expect(said).toHaveBeenCalledOnce()
})
