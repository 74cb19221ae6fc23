import { describe, expect, it } from 'vitest'
import { cached, get, namesOf, post, SNAPSHOT, write } from './cached-kit.ts'
import { failure, NAME } from './kit.ts'

describe('authenticatedWithin', () => {
  it('is never so of a snapshot, until the store has been asked', async () => {
    const { make, counted, events } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', (session) => {
      session.login('ada')
      expect(session.authenticatedWithin('10m')).toBe(true)
    })
    counted.calls.length = 0
    await get(sessions, cookie, async (session) => {
      expect(session.authenticatedWithin('10m')).toBe(false)
      expect(session.authenticatedAt).toBeTypeOf('number')
      session.data.n = 1
      await sessions.refresh(session)
      expect(session.authenticatedWithin('10m')).toBe(true)
      expect(session.data.n).toBe(1)
    })
    expect(events.map(({ type }) => type)).toEqual(['snapshot-asked'])
    expect(counted.calls).toEqual(['get', 'update'])
    await post(sessions, cookie, (session) => expect(session.authenticatedWithin('10m')).toBe(true))
  })

  it('is so of a login that this request has made, whatever answered before', async () => {
    const { make, events } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    await get(sessions, cookie, (session) => {
      session.login('ada')
      expect(session.authenticatedWithin('10m')).toBe(true)
    })
    expect(events).toEqual([])
  })

  it('refresh finds what was ended, and empties the session', async () => {
    const { make } = cached()
    const sessions = make()
    const { cookie, session: first } = await post(sessions, '', (session) => session.login('ada'))
    await post(sessions, cookie, (session) => session.destroy())
    const { session, sent } = await get(sessions, cookie, async (it) => {
      expect([it.owner, it.id]).toEqual(['ada', first.id])
      await sessions.refresh(it)
      expect([it.owner, it.data, it.isNew, it.outcome]).toEqual([undefined, {}, true, 'unknown'])
      it.data.n = 1
    })
    expect(session.id).not.toBe(first.id)
    expect(namesOf(sent)).toEqual([NAME, SNAPSHOT])
  })

  it('refresh asks nobody where the store has answered, and comes too late after the commit', async () => {
    const { make, counted } = cached()
    const sessions = make()
    const { cookie } = await post(sessions, '', write({ n: 1 }))
    counted.calls.length = 0
    const { session } = await post(sessions, cookie, (it) => sessions.refresh(it))
    expect(counted.calls).toEqual(['get'])
    await failure('too_late', () => sessions.refresh(session))
  })
})
