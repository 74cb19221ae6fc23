import { expect } from 'vitest'
import {
  type ManagerOptions,
  MemoryStore,
  type Session,
  SessionError,
  type SessionErrorCode,
  type SessionEvent,
  SessionManager,
  type Store,
} from '../../src/index.ts'
import { type FakeClock, fakeClock } from '../../src/testing.ts'

export type Data = Record<string, unknown>
export type Sessions = SessionManager<Data>
export type Visit = Session<Data>
export type Options = Partial<ManagerOptions<Data>>
export type Backing = 'sealed' | 'stored'

export const backings: readonly Backing[] = ['sealed', 'stored']
export const NAME = '__Host-Http-session'

/** 32 random bytes each; they guard nothing. */
export const SECRETS = [
  'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3C',
  'm3VbX9eKc7RtZ1uQyWn5aLd8sGf2hJp6oTiUkExNrYB',
] as const

/** Managers with one clock, one store, and one list of what they reported. */
export interface Bench {
  readonly clock: FakeClock
  readonly store: Store
  readonly events: SessionEvent[]
  readonly make: (more?: Options) => Sessions
}

export function bench(backing: Backing, options: Options = {}): Bench {
  const clock = fakeClock()
  const store = options.store ?? new MemoryStore({ clock: clock.now })
  const events: SessionEvent[] = []
  const usual = {
    secrets: SECRETS[0],
    clock: clock.now,
    onEvent: (event: SessionEvent) => void events.push(event),
    ...options,
    ...(backing === 'stored' && { store }),
  }
  const make = (more: Options = {}): Sessions =>
    new SessionManager<Data>({ ...usual, ...more } as ManagerOptions<Data>)
  return { clock, store, events, make }
}

export function request(cookie = '', headers: Record<string, string> = {}): Request {
  return new Request('https://example.test/', { headers: cookie ? { ...headers, cookie } : headers })
}

/** What one request did. */
export interface Turn {
  readonly session: Visit
  /** The Set-Cookie values of the answer. */
  readonly sent: readonly string[]
  /** The Cookie header from now on. */
  readonly cookie: string
}

/** One request: load, use, save. */
export async function turn(
  sessions: Sessions,
  cookie = '',
  use: (session: Visit) => unknown = ({ data }) => data,
): Promise<Turn> {
  const session = await sessions.load(request(cookie))
  await use(session)
  const sent = await sessions.save(session)
  return { session, sent, cookie: after(cookie, sent) }
}

/** A visitor's Cookie header once `data` was written. */
export async function begin(sessions: Sessions, data: Data = { n: 1 }): Promise<string> {
  const { cookie } = await turn(sessions, '', (session) => {
    session.data = data
  })
  return cookie
}

/** What the browser sends after these Set-Cookie values. */
export function after(cookie: string, sent: readonly string[]): string {
  const jar = new Map(cookie.split('; ').filter(Boolean).map(split))
  for (const line of sent) {
    const [name, value] = split(line.split(';', 1)[0] ?? '')
    jar.delete(name)
    if (!line.includes('; Max-Age=0')) jar.set(name, value)
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

function split(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}

/** `run` throws or rejects with a SessionError of this code, which is returned. */
export async function failure(code: SessionErrorCode, run: () => unknown): Promise<SessionError> {
  const thrown = await thrownBy(run)
  expect(thrown).toBeInstanceOf(SessionError)
  expect((thrown as SessionError).code, String(thrown)).toBe(code)
  return thrown as SessionError
}

export async function thrownBy(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (thrown) {
    return thrown
  }
  throw new Error('Nothing was thrown.')
}

/** Max-Age of a Set-Cookie value. */
export function maxAge(line: string | undefined): number | undefined {
  const found = /; Max-Age=(\d+)/.exec(line ?? '')
  return found ? Number(found[1]) : undefined
}
