import { describe, expectTypeOf, it } from 'vitest'
import { fromCookieSession } from '../../src/import/cookie-session.ts'
import { ownSeals } from '../../src/import/own-seals.ts'
import { MemoryStore, type Session, SessionManager } from '../../src/index.ts'

const secrets = 'secret'
const store = new MemoryStore()

describe('SessionManager', () => {
  it('takes secrets, or a store, or both', () => {
    new SessionManager({ secrets })
    new SessionManager({ store })
    new SessionManager({ secrets, store })
    // @ts-expect-error neither
    new SessionManager({})
    // @ts-expect-error neither
    new SessionManager({ lifetime: '30d' })
  })

  it('takes a cache with both, and stale with a cache', () => {
    const cache = { maxAge: '1m' } as const
    new SessionManager({ secrets, store, cache })
    new SessionManager({ secrets, store, cache, onStoreError: 'stale', staleFor: '10m' })
    // @ts-expect-error nothing seals the snapshot
    new SessionManager({ store, cache })
    // @ts-expect-error the cookie holds everything anyway
    new SessionManager({ secrets, cache })
    // @ts-expect-error for how long?
    new SessionManager({ secrets, store, cache: {} })
    // @ts-expect-error there is no snapshot to show
    new SessionManager({ secrets, store, onStoreError: 'stale' })
    // @ts-expect-error nor one to show for longer
    new SessionManager({ secrets, store, staleFor: '10m' })
  })

  it('takes a secret from an environment that may lack it', () => {
    const environment: Record<string, string | undefined> = {}
    new SessionManager({ secrets: environment.SESSION_SECRET })
    new SessionManager({ secrets: [environment.SESSION_SECRET, environment.FORMER_SECRET] })
    // @ts-expect-error not a secret
    new SessionManager({ secrets: 1 })
  })

  it('refuses options it does not know', () => {
    // @ts-expect-error the name is idleTimeout
    new SessionManager({ secrets, maxAge: 60 })
    // @ts-expect-error no such unit
    new SessionManager({ secrets, lifetime: '2 weeks' })
    // @ts-expect-error no such choice
    new SessionManager({ secrets, onStoreError: 'ignore' })
  })
})

describe('Data', () => {
  it('is plain JSON', () => {
    new SessionManager<{ cart: { sku: string; count: number }[]; theme?: 'light' | 'dark' | null }>({
      secrets,
    })
    // @ts-expect-error a Date would come back as text
    new SessionManager<{ at: Date }>({ secrets })
    // @ts-expect-error a Map would come back empty
    new SessionManager<{ cart: Map<string, number> }>({ secrets })
    // @ts-expect-error so would a Set, however deep
    new SessionManager<{ cart: { tags: Set<string> }[] }>({ secrets })
    // @ts-expect-error bytes are no JSON
    new SessionManager<{ key: Uint8Array }>({ secrets })
    // @ts-expect-error nor is a bigint
    new SessionManager<{ n: bigint }>({ secrets })
    // @ts-expect-error nor a function
    new SessionManager<{ hello: () => string }>({ secrets })
  })

  it('may be an interface', () => {
    interface Data {
      visits: number
    }
    const sessions = new SessionManager<Data>({ secrets })
    expectTypeOf(sessions.load).returns.resolves.toEqualTypeOf<Session<Data>>()
  })

  it('is partial in a session: a new one is empty', () => {
    expectTypeOf<Session<{ visits: number }>['data']>().toEqualTypeOf<Partial<{ visits: number }>>()
  })

  it('is unknown where nothing is said', async () => {
    const session = await new SessionManager({ secrets }).load(new Request('https://example.test'))
    expectTypeOf(session.data.anything).toEqualTypeOf<unknown>()
    session.flash('anything', 'a text')
    expectTypeOf(session.take('anything')).toEqualTypeOf<string | undefined>()
  })

  it('names the keys that survive a login', () => {
    const session = {} as Session<{ cart: string[] }>
    const login = (): void => session.login('ada', { keep: ['cart'] })
    // @ts-expect-error no such key
    const wrong = (): void => session.login('ada', { keep: ['basket'] })
    expectTypeOf(login).toEqualTypeOf(wrong)
  })
})

describe('accept', () => {
  interface Data {
    cart: string[]
  }

  it('takes what map makes for the data, and nothing else', () => {
    const until = '2099-01-01'
    const keys = ['key']
    new SessionManager<Data>({
      secrets,
      accept: [
        fromCookieSession({ keys, until, map: (old: { cart: string[] }) => ({ cart: old.cart }) }),
        fromCookieSession({ keys, until, map: () => ({}) }),
      ],
    })
    new SessionManager<Data>({ secrets, store, accept: [ownSeals({ until })] })
    const counting = fromCookieSession({ keys, until, map: () => ({ cart: 1 }) })
    // @ts-expect-error not the data
    new SessionManager<Data>({ secrets, accept: [counting] })
    // @ts-expect-error the date is required
    fromCookieSession({ keys, map: () => ({}) })
    // @ts-expect-error an owner is a text
    fromCookieSession({ keys, until, map: () => ({}), owner: () => 7 })
  })
})

describe('Flash', () => {
  it('is typed by key', () => {
    const session = {} as Session<Record<never, never>, { notice: string; errors: string[] }>
    expectTypeOf(session.take<'errors'>).returns.toEqualTypeOf<string[] | undefined>()
    expectTypeOf(session.peek<'notice'>).returns.toEqualTypeOf<string | undefined>()
    expectTypeOf(session.flash<'notice'>).parameters.toEqualTypeOf<['notice', string]>()
  })

  it('is plain JSON', () => {
    // @ts-expect-error a Date would come back as text
    new SessionManager<Record<string, unknown>, { at: Date }>({ secrets })
  })
})
