import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { NAME, type Options, SECRETS, site, write } from './server.ts'

const host = 'app.example'

/** A process of its own: what was warned of lives with the module. */
async function fresh(options: Options = {}) {
  vi.resetModules()
  const { MemoryStore, SessionManager } = await import('../../src/index.ts')
  const make = () => new SessionManager({ secrets: SECRETS[0], ...options } as { secrets: string })
  return { MemoryStore, SessionManager, make }
}

function request(headers: Record<string, string>, scheme = 'https'): Request {
  return new Request(`${scheme}://${host}/`, { headers: { host, ...headers } })
}

const warnings = (): string[] => vi.mocked(console.warn).mock.calls.map(([line]) => String(line))

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('without onEvent', () => {
  test('a set-up mistake is one warning a process, however many requests and managers', async () => {
    const { make } = await fresh()
    for (const sessions of [make(), make()]) {
      for (let i = 0; i < 3; i++) {
        const session = await sessions.load(request({ cookie: '__Host-session=abc' }))
        session.data
      }
    }
    expect(warnings()).toEqual([
      `keepsake: The browser sent __Host-session, but ${NAME} is read. Use one name, or list the other in cookie.previous.`,
    ])
  })

  test('each mistake has its own', async () => {
    const { make } = await fresh()
    const sessions = make()
    for (let i = 0; i < 2; i++) {
      for (const one of [request({ cookie: 'session=1' }), request({}, 'http')])
        (await sessions.load(one)).data
    }
    expect(warnings()).toHaveLength(2)
  })

  test('what visitors send is no mistake of the set-up', async () => {
    const { make } = await fresh()
    const sessions = make()
    for (const cookie of [`${NAME}=junk`, `${NAME}=a; ${NAME}=b`, `${'a=b; '.repeat(250)}${NAME}=x`]) {
      ;(await sessions.load(request({ cookie }))).data
    }
    expect(warnings()).toEqual([])
  })

  test('MemoryStore in production is one warning', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const { MemoryStore, SessionManager } = await fresh()
    for (let i = 0; i < 3; i++) new SessionManager({ store: new MemoryStore() })
    expect(warnings()).toHaveLength(1)
    expect(warnings()[0]).toContain('sqliteStore')
  })

  test('MemoryStore elsewhere is none', async () => {
    const { MemoryStore, SessionManager } = await fresh()
    new SessionManager({ store: new MemoryStore() })
    expect(warnings()).toEqual([])
  })
})

describe('with onEvent', () => {
  test('MemoryStore in production is one event a manager, and nothing is printed', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const { MemoryStore, SessionManager } = await fresh()
    const types: string[] = []
    new SessionManager({ store: new MemoryStore(), onEvent: ({ type }) => void types.push(type) })
    expect(types).toEqual(['memory-store'])
    expect(warnings()).toEqual([])
  })

  test('nothing is printed at all', async () => {
    const { ask, events } = await site({}, 'http')
    await ask({ host }, { handle: write })
    expect(events.map(({ type }) => type)).toEqual(['insecure-request'])
    expect(warnings()).toEqual([])
  })
})
