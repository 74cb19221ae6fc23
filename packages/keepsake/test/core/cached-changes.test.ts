import { describe, expect, it } from 'vitest'
import { encryptAtRest } from '../../src/encrypt-at-rest.ts'
import { cached, crossed, get, MINUTE, namesOf, post, SNAPSHOT, send, short, write } from './cached-kit.ts'
import { after, failure, NAME, type Visit } from './kit.ts'

describe('a change asks the store', () => {
  it('also one made by GET on a snapshot that is behind: what others wrote stays', async () => {
    const { make, events } = cached()
    const sessions = make()
    const behind = await post(sessions, '', write({ n: 1, role: 'admin' }))
    await post(sessions, behind.cookie, write({ role: 'user' }))
    const { session, cookie, sent } = await get(sessions, behind.cookie, write({ n: 2 }))
    expect(namesOf(sent)).toEqual([SNAPSHOT])
    expect(session.data).toEqual({ n: 2, role: 'admin' })
    expect((await get(sessions, cookie)).session.data).toEqual({ n: 2, role: 'user' })
    expect(events.map(({ type }) => type)).toEqual(['conflict'])
  })

  it('without a word of conflict where the snapshot was not behind', async () => {
    const { make, events, counted } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    counted.calls.length = 0
    const written = await get(sessions, cookie, write({ n: 2 }))
    expect([counted.calls, events]).toEqual([['get', 'update'], []])
    expect((await get(sessions, written.cookie)).session.data).toEqual({ n: 2 })
  })

  it('and leaves encrypted at rest what was, also in the midst of a rotation', async () => {
    const { make, store, clock } = cached({ encryptAtRest: encryptAtRest(), rotateEvery: '1h' })
    const sessions = make()
    const { cookie, session } = await post(sessions, '', write({ n: 'plain' }))
    clock.advance('1h')
    const handed = await get(sessions, cookie)
    const confirmed = await get(sessions, handed.cookie)
    const written = await get(sessions, confirmed.cookie, write({ m: 'text' }))
    const updated = await get(sessions, written.cookie, (it) =>
      sessions.update(it, (data) => {
        data.n = 'plainer'
      }),
    )
    for (const send of [get, post])
      expect((await send(sessions, updated.cookie)).session.data).toEqual({ n: 'plainer', m: 'text' })
    const stored = await store.get(session.id)
    expect(stored?.value).not.toMatch(/plain|text/)
  })

  it('of which update is one, and the browser sees it at once', async () => {
    const { make, counted } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    for (const method of ['GET', 'POST']) {
      const before = (await post(sessions, cookie)).session.data.n as number
      const done = await send(sessions, method, cookie, (session) =>
        sessions.update(session, (data) => {
          data.n = (data.n as number) + 1
        }),
      )
      expect(namesOf(done.sent), method).toEqual([SNAPSHOT])
      counted.calls.length = 0
      expect((await get(sessions, done.cookie)).session.data.n).toBe(before + 1)
      expect(counted.calls).toEqual([])
    }
  })

  it('which refuses whoever was logged out, retired or forged since', async () => {
    const { make } = cached()
    const sessions = make()
    const ends = [(it: Visit) => it.destroy(), (it: Visit) => it.regenerate(), (it: Visit) => it.login('ada')]
    for (const end of ends) {
      const { cookie: copy, session } = await post(sessions, '', write({ n: 1 }))
      const { cookie } = await post(sessions, copy, end)
      await failure('superseded', () => get(sessions, copy, write({ n: 2 })))
      await failure('superseded', () => get(sessions, copy, (it) => it.regenerate()))
      await failure('superseded', () => get(sessions, copy, (it) => sessions.update(it, () => {})))
      await get(sessions, copy, (it) => it.destroy())
      const there = await post(sessions, cookie)
      if (cookie.includes(NAME))
        expect([there.session.id, there.session.data]).toEqual([session.id, { n: 1 }])
      const own = await get(sessions, copy, (it) => it.login('bob'))
      expect(own.session.id).not.toBe(session.id)
    }
  })

  it('logs out by GET as well, and forgets both cookies', async () => {
    const { make, store } = cached()
    const sessions = make()
    const { cookie, session } = await post(sessions, '', write({ n: 1 }))
    const out = await get(sessions, cookie, (it) => it.destroy())
    expect(short(out.sent)).toEqual([`${NAME}=; Max-Age=0`, `${SNAPSHOT}=; Max-Age=0`])
    expect([out.cookie, await store.get(session.id)]).toEqual(['', null])
  })
})

describe('what the browser holds', () => {
  it('follows every write of its own', async () => {
    const { make, counted } = cached()
    const sessions = make()
    let { cookie } = await post(sessions, '', write({ n: 0 }))
    const changes = [
      write({ n: 1 }),
      (it: Visit) => it.login('ada'),
      (it: Visit) => it.regenerate(),
      (it: Visit) => it.flash('notice', 'x'),
      (it: Visit) => it.remember('1d'),
      (it: Visit) => it.login('bob'),
    ]
    for (const change of changes) {
      const { cookie: next, session } = await post(sessions, cookie, change)
      counted.calls.length = 0
      const read = await get(sessions, next)
      expect([read.session.owner, read.session.data, read.session.peek('notice')]).toEqual([
        session.owner,
        session.data,
        session.peek('notice'),
      ])
      expect(counted.calls).toEqual([])
      cookie = next
    }
  })

  it('is one cookie a name, whatever a request did', async () => {
    const { make } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    const { sent } = await post(sessions, cookie, async (session) => {
      await sessions.update(session, (data) => {
        data.n = 2
      })
      session.login('ada')
      session.destroy()
      session.login('bob')
      session.data.n = 3
    })
    expect(namesOf(sent)).toEqual([NAME, SNAPSHOT])
  })

  it('loses its snapshot if the session has grown too large for one, with an event, not an error', async () => {
    const { make, events, counted } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    const grown = await post(sessions, cookie, write({ big: 'x'.repeat(5_000) }))
    expect(short(grown.sent)).toEqual([`${SNAPSHOT}=; Max-Age=0`])
    expect(events).toEqual([{ type: 'snapshot-too-large', id: grown.session.id }])
    counted.calls.length = 0
    for (let i = 0; i < 2; i++) expect((await get(sessions, grown.cookie)).sent).toEqual([])
    expect(counted.calls).toEqual(['get', 'get'])
    const shrunk = await post(sessions, grown.cookie, (session) => void delete session.data.big)
    expect(namesOf(shrunk.sent)).toEqual([SNAPSHOT])
  })

  it('has at most 4096 bytes of name and value, exactly', async () => {
    const { make } = cached()
    const sessions = make()
    const sizes: number[] = []
    for (let length = 2_500; length < 3_000; length++) {
      const { sent } = await post(sessions, '', write({ x: 'x'.repeat(length) }))
      const line = sent.find((it) => it.startsWith(SNAPSHOT))
      if (!line) break
      sizes.push(line.split(';', 1)[0]?.length ?? 0)
    }
    expect(Math.max(...sizes) - 1).toBeGreaterThan(4_080)
    expect(Math.max(...sizes) - 1).toBeLessThanOrEqual(4_096)
  })

  it('ends with the browser where the session does', async () => {
    const { make } = cached()
    const { sent } = await post(make({ persistent: false }), '', write({ n: 1 }))
    expect(sent.join()).not.toContain('Max-Age')
  })

  it('a late response restores nothing that a logout removed', async () => {
    const { make, clock } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', (session) => session.login('ada'))
    clock.advance('1m')
    const late = await sessions.load(new Request('https://example.test/', { headers: { cookie } }))
    expect(late.owner).toBe('ada')
    const out = await post(sessions, cookie, (session) => session.destroy())
    const restored = after(out.cookie, await sessions.save(late))
    expect(namesOf(restored.split('; '))).toEqual([SNAPSHOT])
    expect((await get(sessions, restored)).session.isNew).toBe(true)
    const bob = await post(sessions, restored, (session) => session.login('bob'))
    const again = after(bob.cookie, await sessions.save(late))
    expect((await get(sessions, again)).session.owner).toBe('bob')
    const copied = crossed(cookie, restored)
    clock.set(clock.now() + MINUTE - 1)
    expect((await get(sessions, copied)).session.owner).toBe('ada')
    clock.set(clock.now() + 1)
    expect((await get(sessions, copied)).session.owner).toBeUndefined()
  })
})
