import { vi } from 'vitest'
import { engine } from '../../src/core/crypto.ts'
import { Key } from '../../src/core/key.ts'
import type { Outcome } from '../../src/core/outcome.ts'
import {
  type ManagerOptions,
  MemoryStore,
  type RequestLike,
  type Session,
  type SessionEvent,
  SessionManager,
  type Store,
} from '../../src/index.ts'
import { type FakeClock, fakeClock } from '../../src/testing.ts'
import { counted } from '../core/engines.ts'
import { encrypted, type SealVector, signed } from '../core/format-reference.ts'

export type Data = Record<string, unknown>
export type Options = Partial<ManagerOptions<Data>>
export type Backing = 'sealed' | 'signed' | 'stored'

export const N = '__Host-Http-session'
export const T0 = Date.UTC(2030, 0, 1, 12, 10)
export const HOUR = 3_600_000
export const backings: readonly Backing[] = ['sealed', 'signed', 'stored']

/** 32 random bytes each; they guard nothing. */
export const SECRETS = [
  'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3C',
  'm3VbX9eKc7RtZ1uQyWn5aLd8sGf2hJp6oTiUkExNrYB',
] as const

/** A manager under attack, and all it does. */
export interface Target {
  readonly sessions: SessionManager<Data>
  readonly clock: FakeClock
  readonly store: Store
  readonly events: SessionEvent[]
  /** Names of the calls of cryptography since the last `forget`. */
  readonly crypto: string[]
  /** Names of the calls of the store since the last `forget`. */
  readonly calls: string[]
  forget(): void
}

export function target(backing: Backing, options: Options = {}): Target {
  const clock = fakeClock(T0)
  const { engine: watched, calls: crypto } = counted(engine())
  const calls: string[] = []
  const events: SessionEvent[] = []
  const { store: given = new MemoryStore({ clock: clock.now }), ...rest } = options
  const store = noted(given, calls)
  const keys = [options.secrets ?? SECRETS[0]].flat().map((secret) => keyOf(secret as string, watched))
  const sessions = new SessionManager<Data>({
    ...(backing === 'stored' && { store }),
    ...(backing === 'signed' && { protection: 'sign' }),
    clock: clock.now,
    onEvent: (event: SessionEvent) => void events.push(event),
    ...rest,
    secrets: keys,
  } as unknown as ManagerOptions<Data>)
  const forget = (): void => {
    for (const list of [crypto, calls, events]) list.length = 0
  }
  return { sessions, clock, store, events, crypto, calls, forget }
}

/** A key of this secret that tells of its work. */
function keyOf(secret: string, watched: ReturnType<typeof counted>['engine']): Key {
  return new Key(new TextEncoder().encode(secret), watched)
}

function noted(store: Store, calls: string[]): Store {
  return new Proxy(store, {
    get(inner, name: keyof Store) {
      const member = inner[name]
      if (typeof member !== 'function') return member
      return (...args: never[]) => {
        calls.push(name)
        return Reflect.apply(member, inner, args)
      }
    },
  })
}

/** A request with this Cookie header byte by byte: no `Headers` trims or refuses it. */
export function request(cookie: string | null, more: Record<string, string> = {}, url?: string): RequestLike {
  const get = (name: string): string | null => (name === 'cookie' ? cookie : (more[name] ?? null))
  return { url: url ?? 'https://app.example/', method: 'GET', headers: { get } }
}

/** What a request with this Cookie header did. */
export interface Turn {
  readonly data: Data
  readonly outcome: Outcome
  readonly sent: readonly string[]
  /** `name=value` of our cookie among them. */
  readonly pair: string
  readonly value: string
}

export async function turn(
  { sessions }: Pick<Target, 'sessions'>,
  cookie: string | null,
  use: (session: Session<Data>) => void = () => undefined,
): Promise<Turn> {
  const session = await sessions.load(request(cookie))
  const { outcome } = session
  const data = structuredClone({ ...session.data })
  use(session)
  const sent = await sessions.save(session)
  const pair = sent.map((line) => line.split(';', 1)[0] ?? '').find((it) => it.startsWith(`${N}=`)) ?? ''
  return { data, outcome, sent, pair, value: pair.slice(N.length + 1) }
}

/** The value of a cookie in which `uid` is `u_1`. */
export async function mint(on: Pick<Target, 'sessions'>, data: Data = { uid: 'u_1' }): Promise<string> {
  const { value } = await turn(on, null, (session) => void Object.assign(session.data, data))
  return value
}

/** A seal of the present hour with these parts, made without the library. */
export function forge(protection: 'sealed' | 'signed', change: Partial<SealVector>): string {
  const it: SealVector = {
    vector: protection === 'signed' ? 'signed' : 'encrypted',
    secret: Buffer.from(SECRETS[0]).toString('hex'),
    name: N,
    purpose: 'session',
    audience: '',
    now: T0,
    shard: 2,
    iv: 'b0'.repeat(12),
    id: 'c0'.repeat(16),
    createdAt: T0 - HOUR,
    issuedAt: T0,
    expiresAt: T0 + HOUR,
    revision: 7,
    persistent: true,
    json: RECORD,
    keyId: '',
    text: '',
    ...change,
  }
  return (protection === 'signed' ? signed(it) : encrypted(it)).text ?? ''
}

/** What a seal carries: head, data, flash. */
export const RECORD = '{}\n{"uid":"u_1"}\n{}'

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url')
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** Makes the platform's generator fail until restored. */
export function withoutRandomness(): { mockRestore(): void } {
  return vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation(() => {
    throw new Error('no entropy')
  })
}
