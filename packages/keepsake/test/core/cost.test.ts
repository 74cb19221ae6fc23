import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest'
import { MemoryStore, type Session } from '../../src/index.ts'
import { builtin } from './engines.ts'
import { begin, bench, type Data, NAME, request, type Sessions } from './kit.ts'

/** What a request costs, counted: a change for the worse shows here on any machine. */
interface Cost {
  readonly derived: number
  /** Ciphers made, either way. */
  readonly ciphers: number
  /** A MAC takes two. */
  readonly hashes: number
  /** Calls of Web Cryptography. */
  readonly subtle: number
  readonly random: number
  readonly store: readonly string[]
  /** `Headers` and `Response` objects made. */
  readonly made: number
  readonly headersRead: number
}

const NOTHING: Cost = {
  derived: 0,
  ciphers: 0,
  hashes: 0,
  subtle: 0,
  random: 0,
  store: [],
  made: 0,
  headersRead: 0,
}

const count = vi.fn()
const RealHeaders = globalThis.Headers
const RealResponse = globalThis.Response

beforeEach(() => {
  for (const name of ['hkdfSync', 'createCipheriv', 'createDecipheriv', 'hash'] as const)
    noted(builtin, name, name)
  for (const name of ['encrypt', 'decrypt', 'sign', 'deriveBits', 'importKey', 'digest'] as const)
    noted(crypto.subtle, name, 'subtle')
  noted(crypto, 'getRandomValues', 'random')
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

function noted<Target extends object>(target: Target, name: keyof Target & string, as: string): void {
  const real = target[name] as (...args: unknown[]) => unknown
  const spy = vi.spyOn(target as never, name as never) as unknown as MockInstance
  spy.mockImplementation((...args: unknown[]) => {
    count(as)
    return Reflect.apply(real, target, args)
  })
}

function watched(store = new MemoryStore()): MemoryStore {
  return new Proxy(store, {
    get(target, name: keyof MemoryStore) {
      const member = target[name]
      if (typeof member !== 'function') return member
      return (...args: never[]) => {
        count(`store.${name}`)
        return Reflect.apply(member as (...args: never[]) => unknown, target, args)
      }
    },
  })
}

async function costOf(
  sessions: Sessions,
  cookie: string,
  use: (session: Session<Data>) => unknown,
): Promise<Cost> {
  const response = new RealResponse('page')
  const incoming = request(cookie)
  const get = vi.spyOn(incoming.headers, 'get')
  vi.stubGlobal(
    'Headers',
    class extends RealHeaders {
      constructor(...args: ConstructorParameters<typeof Headers>) {
        super(...args)
        count('made')
      }
    },
  )
  vi.stubGlobal(
    'Response',
    class extends RealResponse {
      constructor(...args: ConstructorParameters<typeof Response>) {
        super(...args)
        count('made')
      }
    },
  )
  count.mockClear()
  await sessions.run(incoming, (session) => {
    use(session)
    return response
  })
  vi.unstubAllGlobals()
  const calls = count.mock.calls.map(([name]) => String(name))
  const times = (...names: string[]): number => calls.filter((name) => names.includes(name)).length
  return {
    derived: times('hkdfSync'),
    ciphers: times('createCipheriv', 'createDecipheriv'),
    hashes: times('hash'),
    subtle: times('subtle'),
    random: times('random'),
    store: calls.filter((name) => name.startsWith('store.')).map((name) => name.slice('store.'.length)),
    made: times('made'),
    headersRead: get.mock.calls.length,
  }
}

const look = ({ data }: Session<Data>): unknown => data.n
const change = ({ data }: Session<Data>): void => {
  data.n = Number(data.n) + 1
}
const ignore = (): void => {}

/** Every key of an hour is there: what is left is what each request pays. */
async function warm(sessions: Sessions): Promise<string> {
  let cookie = ''
  for (let i = 0; i < 100; i++) cookie = await begin(sessions)
  return cookie
}

function forged(cookie: string): string {
  const at = NAME.length + 60
  return cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1)
}

it('sealed', async () => {
  const sessions = bench('sealed').make()
  const cookie = await warm(sessions)
  const opened = { ...NOTHING, ciphers: 1, headersRead: 1 }
  expect(await costOf(sessions, '', ignore)).toEqual(NOTHING)
  expect(await costOf(sessions, cookie, ignore)).toEqual(NOTHING)
  expect(await costOf(sessions, cookie, look)).toEqual({ ...opened, made: 2 })
  expect(await costOf(sessions, cookie, (session) => (session.data = { ...session.data }))).toEqual({
    ...opened,
    made: 2,
  })
  expect(await costOf(sessions, cookie, change)).toEqual({ ...opened, ciphers: 2, random: 1, made: 2 })
  const { ciphers, derived, random } = await costOf(sessions, forged(cookie), look)
  expect({ ciphers, derived, random }).toEqual({ ciphers: 1, derived: 0, random: 0 })
})

it('sealed: what can not be ours is never opened', async () => {
  const sessions = bench('sealed').make()
  const cookie = await warm(sessions)
  const foreign = await begin(
    bench('sealed', { secrets: 'Zk2mQ8vYt5LrB7nPx1KcW9jHe4DsUa6GfTi3RoXqEhM' }).make(),
  )
  for (const junk of [
    `${NAME}=junk`,
    cookie.slice(0, 80),
    `${cookie.slice(0, 80)}*${cookie.slice(81)}`,
    foreign,
  ]) {
    const { ciphers, derived, subtle } = await costOf(sessions, junk, look)
    expect({ ciphers, derived, subtle }, junk).toEqual({ ciphers: 0, derived: 0, subtle: 0 })
  }
})

it('stored', async () => {
  const sessions = bench('stored', { store: watched() }).make()
  const cookie = await warm(sessions)
  const read = { ...NOTHING, hashes: 3, store: ['get'], headersRead: 1 }
  expect(await costOf(sessions, '', ignore)).toEqual({ ...NOTHING, headersRead: 1 })
  expect(await costOf(sessions, cookie, ignore)).toEqual(read)
  expect(await costOf(sessions, cookie, look)).toEqual({ ...read, made: 2 })
  expect(await costOf(sessions, cookie, change)).toEqual({ ...read, store: ['get', 'update'], made: 2 })
  const { hashes, store } = await costOf(sessions, forged(cookie), look)
  expect({ hashes, store }).toEqual({ hashes: 2, store: [] })
})
