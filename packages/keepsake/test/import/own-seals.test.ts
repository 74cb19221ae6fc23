import { describe, expect, test } from 'vitest'
import { ownSeals } from '../../src/import/own-seals.ts'
import type { ManagerOptions, SessionEvent } from '../../src/index.ts'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { revocation } from '../../src/revocation.ts'
import { type FakeClock, fakeClock, faultyStore } from '../../src/testing.ts'
import {
  begin,
  type Data,
  failure,
  NAME,
  request,
  SECRETS,
  type Sessions,
  turn,
  type Visit,
} from '../core/kit.ts'

/** In seconds, as the clock takes them. */
const HOUR = 3_600

interface World {
  readonly clock: FakeClock
  readonly store: MemoryStore
  readonly events: SessionEvent[]
  /** The app as it was: everything in the cookie. */
  readonly before: Sessions
  /** The app with a store. */
  readonly after: (more?: Partial<ManagerOptions<Data>>) => Sessions
}

function world(
  options: Partial<ManagerOptions<Data>> = {},
  seals: Parameters<typeof ownSeals>[0] = until(),
): World {
  const clock = fakeClock()
  const store = new MemoryStore({ clock: clock.now })
  const events: SessionEvent[] = []
  const usual = {
    secrets: SECRETS[0],
    clock: clock.now,
    onEvent: (it: SessionEvent) => void events.push(it),
    ...options,
  }
  const make = (more: object): Sessions =>
    new SessionManager<Data>({ ...usual, ...more } as ManagerOptions<Data>)
  const after = (more: object = {}): Sessions => make({ store, accept: [ownSeals(seals)], ...more })
  return { clock, store, events, before: make({}), after }
}

function until(): { until: string } {
  return { until: '2099-01-01' }
}

const login = (owner: string) => (session: Visit) => {
  session.login(owner, { label: 'phone' })
  session.data.n = 1
}
const write = ({ data }: Visit): void => {
  data.n = (data.n as number) + 1
}
const held = (cookie: string): string => cookie.slice(NAME.length + 1)

describe('an app that is given a store', () => {
  test('logs nobody out: a seal opens, and its session is what it was', async () => {
    const { before, after, clock, events } = world()
    const { cookie, session } = await turn(before, '', login('ada'))
    clock.advance(60)
    const { session: now, sent } = await turn(after(), cookie)
    for (const key of ['id', 'owner', 'createdAt', 'lastSeenAt', 'authenticatedAt', 'expiresAt'] as const)
      expect(now[key], key).toBe(session[key])
    expect(now.outcome).toBe('loaded')
    expect({ ...now.data }).toEqual({ n: 1 })
    expect(sent).toEqual([])
    expect(events).toEqual([])
  })

  test('reading writes nothing; the first write makes a record under the same id and a token', async () => {
    const { before, after, store } = world()
    const { cookie, session } = await turn(before, '', login('ada'))
    await turn(after(), cookie)
    expect(await store.get(session.id)).toBeNull()
    const written = await turn(after(), cookie, write)
    expect(written.sent).toHaveLength(1)
    expect(held(written.cookie)).toMatch(/^A[w-z0-9_-]/)
    expect(written.session.id).toBe(session.id)
    expect(written.session.authenticatedAt).toBe(session.authenticatedAt)
    expect(await store.get(session.id)).not.toBeNull()
    const next = await turn(after(), written.cookie)
    expect(next.session.data.n).toBe(2)
    expect(next.session.createdAt).toBe(session.createdAt)
    expect(next.sent).toEqual([])
    expect((await after().list('ada')).map(({ id, label }) => [id, label])).toEqual([[session.id, 'phone']])
  })

  test('so does a renewal that is due', async () => {
    const { before, after, clock, store } = world()
    const cookie = await begin(before)
    clock.advance(2 * HOUR)
    const { session, sent } = await turn(after(), cookie)
    expect(sent).toHaveLength(1)
    expect(await store.get(session.id)).not.toBeNull()
  })

  test('limits hold as they did', async () => {
    const { before, after, clock } = world()
    const cookie = await begin(before)
    clock.advance(7 * 24 * HOUR)
    expect((await turn(after(), cookie)).session.outcome).toBe('expired-idle')
  })

  test('an altered seal, one of another key or audience opens nothing', async () => {
    const { before, after } = world()
    const cookie = await begin(before)
    const altered = `${cookie.slice(0, -3)}${cookie.at(-3) === 'A' ? 'B' : 'A'}${cookie.slice(-2)}`
    expect((await turn(after(), altered)).session.outcome).toBe('tampered')
    expect((await turn(after({ secrets: SECRETS[1] }), cookie)).session.outcome).toBe('unknown-key')
    expect((await turn(after({ audience: 'other' }), cookie)).session.outcome).toBe('tampered')
  })

  test('from the date on a seal is no cookie of ours', async () => {
    const { before, after, clock } = world()
    const cookie = await begin(before)
    const accept = [ownSeals({ until: new Date(clock.now() + 2_000) })]
    clock.set(clock.now() + 1_999)
    expect((await turn(after({ accept }), cookie)).session.outcome).toBe('loaded')
    clock.set(clock.now() + 1)
    expect((await turn(after({ accept }), cookie)).session.outcome).toBe('malformed')
  })

  test('signed seals open where it says so', async () => {
    const { before, after } = world({ protection: 'sign' }, { ...until(), protection: 'sign' })
    const { session } = await turn(after(), await begin(before))
    expect({ ...session.data }).toEqual({ n: 1 })
    const other = world({ protection: 'sign' })
    expect((await turn(other.after(), await begin(other.before))).session.outcome).toBe('malformed')
  })

  test('a seal under a former name opens, and is expired with the first write', async () => {
    const { after, clock } = world()
    const named = new SessionManager<Data>({ secrets: SECRETS[0], clock: clock.now, cookie: { name: 'sid' } })
    const session = await named.load(request())
    session.data.n = 1
    const [line = ''] = await named.save(session)
    const now = after({ cookie: { previous: [{ name: 'sid' }] } })
    const written = await turn(now, line.split(';', 1)[0] ?? '', write)
    expect(written.sent.map((it) => it.split('=', 1)[0])).toEqual([NAME, 'sid'])
    expect((await turn(now, written.cookie)).session.data.n).toBe(2)
  })

  test('data of an earlier version is migrated on its way, without a word of conflict', async () => {
    const { before, after, events } = world()
    const cookie = await begin(before)
    const migrate = (data: Data): void => {
      data.m = data.n
    }
    const now = after({ version: 1, migrate })
    const written = await turn(now, cookie, write)
    expect({ ...(await turn(now, written.cookie)).session.data }).toEqual({ n: 2, m: 1 })
    expect(events).toEqual([])
  })

  test('records may be encrypted at rest', async () => {
    const { encryptAtRest } = await import('../../src/encrypt-at-rest.ts')
    const { before, after, store } = world()
    const now = after({ encryptAtRest: encryptAtRest() })
    const { cookie, session } = await turn(now, await begin(before, { n: 1, word: 'legible' }), write)
    expect((await store.get(session.id))?.value).not.toContain('legible')
    expect((await turn(now, cookie)).session.data.n).toBe(2)
  })

  test('and read through a cache', async () => {
    const { before, after } = world()
    const now = after({ cache: { maxAge: '1m' } })
    const { cookie } = await turn(now, await begin(before), write)
    expect((await turn(now, cookie)).session.data.n).toBe(2)
  })
})

describe('requests side by side', () => {
  test('that read before either wrote: both changes count, both are handed the same token', async () => {
    const { before, after } = world()
    const cookie = await begin(before)
    const sessions = after()
    const [a, b] = [await sessions.load(request(cookie)), await sessions.load(request(cookie))]
    a.data.a = 1
    b.data.b = 1
    const [[first = ''], [second = '']] = [await sessions.save(a), await sessions.save(b)]
    expect(second).toBe(first)
    const { session } = await turn(sessions, first.split(';', 1)[0])
    expect({ ...session.data }).toEqual({ n: 1, a: 1, b: 1 })
  })

  test('a response that was lost costs nothing: the seal is answered with the same token', async () => {
    const { before, after } = world()
    const cookie = await begin(before)
    const lost = await turn(after(), cookie, write)
    const again = await turn(after(), cookie)
    expect(again.session.data.n).toBe(2)
    expect(again.cookie).toBe(lost.cookie)
    const third = await turn(after(), cookie, write)
    expect(third.cookie).toBe(lost.cookie)
    expect((await turn(after(), lost.cookie)).session.data.n).toBe(3)
  })

  test('a login on one of them ends what the seal could open', async () => {
    const { before, after } = world()
    const cookie = await begin(before)
    const sessions = after()
    const late = await sessions.load(request(cookie))
    const { cookie: token, session } = await turn(sessions, cookie, (it) => it.login('ada', { keep: ['n'] }))
    late.data.n = 7
    await failure('superseded', () => sessions.save(late))
    expect((await turn(sessions, cookie)).session.outcome).toBe('superseded')
    expect((await turn(sessions, token)).session.owner).toBe('ada')
    expect(session.id).toBe((await turn(sessions, token)).session.id)
  })

  test('a login of one that only read before starts a session of its own', async () => {
    const { before, after } = world()
    const cookie = await begin(before)
    const sessions = after()
    const late = await sessions.load(request(cookie))
    late.login('bob')
    await turn(sessions, cookie, (it) => it.login('ada'))
    const [line = ''] = await sessions.save(late)
    expect((await turn(sessions, line.split(';', 1)[0])).session.owner).toBe('bob')
  })
})

describe('an end is an end', () => {
  const ends: readonly [string, (sessions: Sessions, cookie: string, id: string) => Promise<unknown>][] = [
    ['destroy by the token', (sessions, cookie) => turn(sessions, cookie, (session) => session.destroy())],
    ['revoke', (sessions, _, id) => sessions.revoke(id, { owner: 'ada' })],
    ['revokeAll', (sessions) => sessions.revokeAll('ada')],
  ]

  test.each(ends)('%s: the old seal opens nothing', async (_, end) => {
    const { before, after, clock, store } = world()
    const { cookie, session } = await turn(before, '', login('ada'))
    clock.advance(1)
    const sessions = after()
    const moved = await turn(sessions, cookie, write)
    clock.advance(1)
    await end(sessions, moved.cookie, session.id)
    expect(await store.get(session.id)).toBeNull()
    const replay = await turn(sessions, cookie)
    expect(replay.session.outcome).toBe('unknown')
    expect(replay.session.owner).toBeUndefined()
  })

  test('destroy by the seal itself: it opens nothing, nor does a write that was under way', async () => {
    const { before, after, store } = world()
    const { cookie, session } = await turn(before, '', login('ada'))
    const sessions = after()
    const late = await sessions.load(request(cookie))
    late.data.n = 7
    const { cookie: gone } = await turn(sessions, cookie, (it) => it.destroy())
    expect(gone).toBe('')
    await failure('superseded', () => sessions.save(late))
    expect(await store.get(session.id)).toBeNull()
    expect((await turn(sessions, cookie)).session.outcome).toBe('unknown')
  })

  test('a write from before the move does not bring back what ended after it', async () => {
    const { before, after, store } = world()
    const { cookie, session } = await turn(before, '', login('ada'))
    const sessions = after()
    const late = await sessions.load(request(cookie))
    late.data.n = 7
    const moved = await turn(sessions, cookie, write)
    await turn(sessions, moved.cookie, (it) => it.destroy())
    await failure('superseded', () => sessions.save(late))
    expect(await store.get(session.id)).toBeNull()
  })

  test('revokeAll ends seals that have not moved in, of logins before it', async () => {
    const { before, after, clock } = world()
    const { cookie } = await turn(before, '', login('ada'))
    clock.advance(1)
    const sessions = after()
    await sessions.revokeAll('ada')
    expect((await turn(sessions, cookie)).session.outcome).toBe('revoked')
    clock.advance(1)
    const { cookie: later } = await turn(before, '', login('ada'))
    expect((await turn(sessions, later)).session.owner).toBe('ada')
  })
})

describe('an app with a list of what has ended', () => {
  const listed = () => {
    const clock = fakeClock()
    const ended = new MemoryStore({ clock: clock.now })
    const list = () => revocation(ended)
    const made = world({ clock: clock.now })
    const before = new SessionManager<Data>({
      secrets: SECRETS[0],
      clock: clock.now,
      revocation: list(),
    })
    const accept = [ownSeals({ until: '2099-01-01', revocation: list() })]
    const store = new MemoryStore({ clock: clock.now })
    return { ...made, clock, ended, store, before, after: () => made.after({ accept, store }) }
  }

  const ends: readonly [string, (sessions: Sessions, cookie: string, id: string) => Promise<unknown>][] = [
    ['destroy', (sessions, cookie) => turn(sessions, cookie, (session) => session.destroy())],
    ['revoke', (sessions, _, id) => sessions.revoke(id, { owner: 'ada' })],
    ['revokeAll', (sessions) => sessions.revokeAll('ada')],
    ['a login as another', (sessions, cookie) => turn(sessions, cookie, login('bob'))],
  ]

  test.each(ends)('%s there: the seal opens nothing here', async (_, end) => {
    const { before, after, store } = listed()
    const { cookie, session } = await turn(before, '', login('ada'))
    await end(before, cookie, session.id)
    const { session: now } = await turn(after(), cookie)
    expect([now.outcome, now.owner]).toEqual(['revoked', undefined])
    expect(await store.get(session.id)).toBeNull()
  })

  test.each(ends)('%s there, while a request here writes: it does not move in', async (_, end) => {
    const { before, after, store } = listed()
    const { cookie, session } = await turn(before, '', login('ada'))
    const sessions = after()
    const late = await sessions.load(request(cookie))
    write(late)
    await end(before, cookie, session.id)
    await failure('superseded', () => sessions.save(late))
    expect(await store.get(session.id)).toBeNull()
  })

  test('whoever it does not name moves in', async () => {
    const { before, after } = listed()
    const { cookie } = await turn(before, '', login('ada'))
    const moved = await turn(after(), cookie, write)
    const { session } = await turn(after(), moved.cookie)
    expect([session.owner, session.data.n]).toEqual(['ada', 2])
  })

  test('a logout by a seal here ends it there', async () => {
    const { before, after } = listed()
    const { cookie } = await turn(before, '', login('ada'))
    await turn(after(), cookie, (session) => session.destroy())
    expect((await turn(before, cookie)).session.outcome).toBe('revoked')
  })

  test('when it can not be asked, that is an outage', async () => {
    const { before, store, clock } = listed()
    const { cookie } = await turn(before, '', login('ada'))
    const down = faultyStore(new MemoryStore(), () => 'throw')
    const accept = [ownSeals({ until: '2099-01-01', revocation: revocation(down) })]
    const options = { secrets: SECRETS[0], clock: clock.now, store, accept }
    await failure('store_unavailable', () => turn(new SessionManager<Data>(options), cookie))
    const lenient = new SessionManager<Data>({ ...options, onStoreError: 'anonymous' })
    expect((await turn(lenient, cookie)).session.outcome).toBe('store-error')
  })

  test('what is no such list is refused', async () => {
    const wrong = { until: '2099-01-01', revocation: new MemoryStore() as never }
    expect((await failure('config', () => ownSeals(wrong))).message).toContain('ownSeals: revocation is')
  })
})

describe('configuration', () => {
  test('needs a date, a store and secrets', async () => {
    const { store } = world()
    await failure('config', () => ownSeals({} as never))
    const accept = [ownSeals(until())]
    for (const options of [{ secrets: SECRETS[0] }, { store }]) {
      const { message } = await failure('config', () => new SessionManager({ ...options, accept } as never))
      expect(message).toContain('accept[0]: ownSeals needs a store')
    }
  })
})
