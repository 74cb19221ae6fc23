import { describe, expect, it } from 'vitest'
import { type Cached, cached, get, MINUTE, post, write } from './cached-kit.ts'
import { after, failure, type Options, type Sessions, type Visit } from './kit.ts'

describe("onStoreError: 'stale'", () => {
  const STALE = { onStoreError: 'stale', staleFor: '3m' } as Options

  async function outage(options: Options = STALE): Promise<Cached & { sessions: Sessions; cookie: string }> {
    const made = cached(options)
    const sessions = made.make()
    const { cookie } = await post(sessions, '', (session) => {
      session.login('ada')
      session.data.n = 1
    })
    made.counted.down = true
    made.clock.advance('1m')
    return { ...made, sessions, cookie }
  }

  it('shows what the snapshot holds for staleFor after maxAge, says so, and not a millisecond longer', async () => {
    const { sessions, cookie, clock, events } = await outage()
    clock.set(clock.now() + 3 * MINUTE - 1)
    const { session, sent } = await get(sessions, cookie, (it) => {
      expect([it.owner, it.data, it.isNew, it.outcome]).toEqual(['ada', { n: 1 }, false, 'stale'])
      expect(it.authenticatedWithin('1d')).toBe(false)
    })
    expect(sent).toEqual([])
    expect(events[0]).toMatchObject({
      type: 'store-error',
      id: session.id,
      reason: expect.stringContaining('refused'),
    })
    const explained = await sessions.explain(new Request('https://example.test/', { headers: { cookie } }))
    expect(explained).toMatchObject({ outcome: 'stale', code: 'store-error', id: session.id })
    clock.set(clock.now() + 1)
    await failure('store_unavailable', () => get(sessions, cookie))
  })

  it('5 minutes by default', async () => {
    const { sessions, cookie, clock } = await outage({ onStoreError: 'stale' } as Options)
    clock.set(clock.now() + 5 * MINUTE - 1)
    expect((await get(sessions, cookie)).session.outcome).toBe('stale')
    clock.set(clock.now() + 1)
    await failure('store_unavailable', () => get(sessions, cookie))
  })

  it('refuses every change, also if the store is back by then', async () => {
    const { sessions, cookie, counted } = await outage()
    const changes = [
      write({ n: 2 }),
      (it: Visit) => it.login('ada'),
      (it: Visit) => it.login('bob'),
      (it: Visit) => it.regenerate(),
      (it: Visit) => it.flash('a', 'b'),
      (it: Visit) => it.remember('1d'),
    ]
    for (const back of [false, true]) {
      for (const change of changes) {
        counted.down = true
        const error = await failure('store_unavailable', () =>
          get(sessions, cookie, (it) => {
            change(it)
            counted.down = !back
          }),
        )
        expect(error.cookies).toEqual([])
      }
    }
    counted.down = false
    expect((await get(sessions, cookie)).session.data).toEqual({ n: 1 })
  })

  it('refuses a logout, but forgets both cookies; and carries it out if the store is back', async () => {
    const { sessions, cookie, counted, store } = await outage()
    const leaving = await sessions.load(new Request('https://example.test/', { headers: { cookie } }))
    const { id } = leaving
    leaving.destroy()
    const error = await failure('store_unavailable', () => sessions.save(leaving))
    expect(after(cookie, error.cookies)).toBe('')
    counted.down = false
    expect(await store.get(id)).not.toBeNull()
    expect(after(cookie, await sessions.save(leaving))).toBe('')
    expect(await store.get(id)).toBeNull()
  })

  it('is fail for what has no snapshot to show: another method, another token, none at all', async () => {
    const { sessions, cookie } = await outage()
    const [token] = cookie.split('; ')
    await failure('store_unavailable', () => post(sessions, cookie))
    await failure('store_unavailable', () => get(sessions, token ?? ''))
    expect((await get(sessions, '')).session.outcome).toBe('none')
  })

  it('refresh and update reject while the store is down', async () => {
    const { sessions, cookie, counted } = await outage()
    await failure('store_unavailable', () => get(sessions, cookie, (it) => sessions.refresh(it)))
    await failure('store_unavailable', () => get(sessions, cookie, (it) => sessions.update(it, () => {})))
    const { session } = await get(sessions, cookie, async (it) => {
      counted.down = false
      await sessions.refresh(it)
      it.data.n = 2
    })
    expect(session.outcome).toBe('loaded')
    expect((await post(sessions, cookie)).session.data).toEqual({ n: 2 })
  })

  it('does not stretch what was read: the next snapshot needs the store', async () => {
    const { sessions, cookie, clock, counted } = await outage()
    let held = cookie
    for (let i = 0; i < 3; i++) {
      clock.advance(59)
      held = (await get(sessions, held)).cookie
    }
    expect(held).toBe(cookie)
    clock.advance(3)
    await failure('store_unavailable', () => get(sessions, held))
    counted.down = false
    expect((await get(sessions, held)).session.outcome).toBe('loaded')
  })

  it.each([
    'fail',
    'anonymous',
  ] as const)('a snapshot within maxAge needs no store with %s either', async (onStoreError) => {
    const { make, counted } = cached({ onStoreError })
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    counted.down = true
    expect((await get(sessions, cookie)).session.outcome).toBe('loaded')
  })
})
