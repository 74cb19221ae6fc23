import { MemoryStore, SessionManager } from '../../src/index.ts'
import type { Fault } from '../../src/testing.ts'
import { faultyStore } from '../../src/testing.ts'

/** What the sessions of these tests hold. */
export interface Data {
  visits: number
  note: string
}

export interface World {
  readonly sessions: SessionManager<Data>
  /** Types of the events reported, in order. */
  readonly events: string[]
  /** Store calls, in order; none where the backing is sealed. */
  readonly calls: string[]
  /** What goes wrong with the store. */
  readonly fault: { now: Fault | undefined }
}

export const SECRET = 'oUYVbhy8vTQDd7XQMU4mSdgcpAKXLjhF2vjUtwYV1Ho'
export const COOKIE = '__Host-Http-session'
export const ORIGIN = 'https://example.test'

export const backings = ['sealed', 'stored'] as const

/** A manager whose store calls and events are written down. */
export function world(backing: (typeof backings)[number], name?: string): World {
  const events: string[] = []
  const calls: string[] = []
  const fault: World['fault'] = { now: undefined }
  const store = faultyStore(new MemoryStore(), ({ method }) => {
    calls.push(method)
    return fault.now
  })
  const sessions = new SessionManager<Data>({
    secrets: SECRET,
    ...(backing === 'stored' && { store }),
    ...(name !== undefined && { cookie: { name } }),
    onEvent: ({ type }) => events.push(type),
  })
  return { sessions, events, calls, fault }
}

/** Names of the cookies set, in order; `-name` for those expired. */
export function cookiesSet(response: Response): string[] {
  return response.headers.getSetCookie().map((line) => {
    const name = line.slice(0, line.indexOf('='))
    return /; *Max-Age=0(;|$)/i.test(line) ? `-${name}` : name
  })
}

/** What of a response a cache must heed. */
export function caching(response: Response): [control: string | null, vary: string | null] {
  return [response.headers.get('cache-control'), response.headers.get('vary')]
}
