import { afterEach, expect, test, vi } from 'vitest'
import { MemoryStore, type SessionEvent, SessionManager } from '../../src/index.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const reported = (): string[] => {
  const events: SessionEvent[] = []
  new SessionManager({ store: new MemoryStore(), onEvent: (event) => events.push(event) })
  return events.map(({ type }) => type)
}

test('MemoryStore in production is one event', () => {
  vi.stubEnv('NODE_ENV', 'production')
  expect(reported()).toEqual(['memory-store'])
  vi.stubEnv('NODE_ENV', 'development')
  expect(reported()).toEqual([])
})

test('an environment that may not be read is no production, and no error', () => {
  const env = new Proxy({}, { get: () => expect.fail('asked without permission') })
  const query = vi.fn(() => ({ state: 'prompt' }))
  vi.stubGlobal('process', { env })
  vi.stubGlobal('Deno', { permissions: { querySync: query } })
  expect(reported()).toEqual([])
  expect(query).toHaveBeenCalledOnce()
})
