import { describe, expect, test } from 'vitest'
import { hasChanges, keepingOf, reloadMidway, saveMidway } from '../../src/core/midway.ts'
import { MemoryStore } from '../../src/index.ts'
import { faultyStore, gatedStore } from '../../src/testing.ts'
import { bearer } from '../../src/transport.ts'
import { cached, SNAPSHOT } from './cached-kit.ts'
import { after, backings, begin, bench, failure, NAME, request, turn, type Visit } from './kit.ts'

const names = (sent: readonly string[]): string[] => sent.map((line) => line.split('=')[0] ?? '')
const set =
  (value: number) =>
  (session: Visit): void => {
    session.data.n = value
  }

describe.each(backings)('%s: a save midway', (backing) => {
  const make = () => bench(backing).make()

  test('P14 P4 both parts are saved, with one cookie a name', async () => {
    const sessions = make()
    const first = await turn(sessions, '', async (session) => {
      set(1)(session)
      await saveMidway(session)
      session.data.m = { deep: [1] }
      await saveMidway(session)
      ;(session.data.m as { deep: number[] }).deep.push(2)
    })
    expect(names(first.sent)).toEqual([NAME])
    expect({ ...(await turn(sessions, first.cookie)).session.data }).toEqual({ n: 1, m: { deep: [1, 2] } })
  })

  test('with nothing after it, its cookie still goes out', async () => {
    const sessions = make()
    const { sent, cookie } = await turn(sessions, '', async (session) => {
      set(1)(session)
      await saveMidway(session)
    })
    expect(names(sent)).toEqual([NAME])
    expect((await turn(sessions, cookie)).session.data.n).toBe(1)
  })

  test('the app goes on with the object it holds', async () => {
    const sessions = make()
    const { cookie, session } = await turn(sessions, await begin(sessions), async (session) => {
      const { data } = session
      data.n = 2
      await saveMidway(session)
      expect(session.data).toBe(data)
      data.n = 3
    })
    expect(Object.isFrozen(session.data)).toBe(true)
    expect((await turn(sessions, cookie)).session.data.n).toBe(3)
  })

  test('a login, then a logout: the browser holds nothing, the record is gone', async () => {
    const sessions = make()
    const { sent, cookie } = await turn(sessions, await begin(sessions), async (session) => {
      session.login('ada')
      await saveMidway(session)
      session.destroy()
    })
    expect(names(sent).filter((name) => name === NAME)).toEqual([NAME])
    expect(cookie).not.toContain(`${NAME}=`)
  })

  test('a logout, then a new session: the former is gone, the new one opens', async () => {
    const sessions = make()
    const former = await begin(sessions)
    let id = ''
    const { cookie, session } = await turn(sessions, former, async (session) => {
      session.destroy()
      await saveMidway(session)
      id = session.id
      set(7)(session)
    })
    expect(session.id).toBe(id)
    expect((await turn(sessions, cookie)).session).toMatchObject({ id, data: { n: 7 } })
    // the marker of the ended one goes with the new cookie
    const both = backing === 'sealed' ? `${cookie}; ${former}` : former
    expect((await turn(sessions, both)).session.data.n).not.toBe(1)
  })

  test('remember before it, and a change after it, take one token', async () => {
    const sessions = make()
    const { sent, cookie } = await turn(sessions, await begin(sessions), async (session) => {
      session.remember('2d')
      await saveMidway(session)
      set(2)(session)
    })
    expect(names(sent)).toEqual([NAME])
    const { session } = await turn(sessions, cookie)
    expect([session.data.n, keepingOf(session).whole]).toEqual([2, 172_800_000])
  })

  test('hasChanges asks what is unsaved', async () => {
    const sessions = make()
    await turn(sessions, await begin(sessions), async (session) => {
      expect(hasChanges(session)).toBe(false)
      set(2)(session)
      expect(hasChanges(session)).toBe(true)
      await saveMidway(session)
      expect(hasChanges(session)).toBe(false)
    })
  })

  test('P13 after the last save it is too late', async () => {
    const sessions = make()
    const { session } = await turn(sessions, '', set(1))
    await failure('too_late', () => saveMidway(session))
    await failure('too_late', () => reloadMidway(session))
  })

  test('P5 what can’t be kept is refused, and can be mended', async () => {
    const sessions = make()
    const { cookie } = await turn(sessions, '', async (session) => {
      session.data.n = () => 1
      await failure('invalid_data', () => saveMidway(session))
      set(4)(session)
    })
    expect((await turn(sessions, cookie)).session.data.n).toBe(4)
  })

  test('of a visitor for whom nothing was written it does nothing', async () => {
    const sessions = make()
    expect((await turn(sessions, '', (session) => saveMidway(session))).sent).toEqual([])
  })

  test('reloading drops what was not saved', async () => {
    const sessions = make()
    const { cookie } = await turn(sessions, await begin(sessions), async (session) => {
      set(2)(session)
      await saveMidway(session)
      set(3)(session)
      session.flash('a', 'b')
      session.regenerate()
      await reloadMidway(session)
      expect([session.data.n, session.peek('a')]).toEqual([2, undefined])
      expect(hasChanges(session)).toBe(false)
    })
    expect((await turn(sessions, cookie)).session.data.n).toBe(2)
  })

  test('there is nothing to reload of a session that was never saved', async () => {
    const session = await make().load(request())
    await failure('superseded', () => reloadMidway(session))
  })
})

describe('stored: a save midway', () => {
  test('P7 brings in what others wrote, and what changes while it is under way', async () => {
    const store = new MemoryStore()
    const gate = gatedStore(store)
    const pass = async (): Promise<void> => (await gate.next()).release()
    const { make } = bench('stored', { store, clock: Date.now })
    const [there, here] = [make(), make({ store: gate })]
    const cookie = await begin(there, { n: 1, theirs: 1 })
    const [session] = await Promise.all([here.load(request(cookie)), pass()])
    set(2)(session)
    await turn(there, cookie, ({ data }) => {
      data.theirs = 2
    })
    const saving = saveMidway(session)
    for (let calls = 0; calls < 2; calls++) await pass()
    const write = await gate.next()
    session.data.meanwhile = true
    // as it was found, but not as it is being saved
    set(1)(session)
    await failure('too_late', () => session.regenerate())
    await write.release()
    await saving
    expect({ ...session.data }).toEqual({ n: 1, theirs: 2, meanwhile: true })
    expect(hasChanges(session)).toBe(true)
    await Promise.all([here.save(session), pass()])
    expect({ ...(await turn(there, cookie)).session.data }).toEqual({ n: 1, theirs: 2, meanwhile: true })
  })

  test('is waited for by the last one, which saves the rest', async () => {
    const sessions = bench('stored').make()
    const session = await sessions.load(request())
    set(2)(session)
    const saving = saveMidway(session)
    session.data.meanwhile = true
    const cookie = after('', await sessions.save(session))
    await saving
    expect(Object.isFrozen(session.data)).toBe(true)
    expect({ ...(await turn(sessions, cookie)).session.data }).toEqual({ n: 2, meanwhile: true })
  })

  test.each([
    ['a login', (session: Visit) => session.login('ada')],
    ['regenerate', (session: Visit) => session.regenerate()],
    ['remember', (session: Visit) => session.remember('2d')],
    ['a logout', (session: Visit) => session.destroy()],
    [
      'a logout and a new session',
      (session: Visit) => {
        session.destroy()
        set(2)(session)
      },
    ],
  ])('%s is done once', async (_, use) => {
    const calls: string[] = []
    const store = faultyStore(new MemoryStore(), ({ method }) => void calls.push(method))
    const sessions = bench('stored', { store, clock: Date.now }).make()
    await turn(sessions, await begin(sessions), async (session) => {
      use(session)
      await saveMidway(session)
      calls.length = 0
    })
    expect(calls).toEqual([])
  })

  test('reloading sees what others wrote', async () => {
    const sessions = bench('stored').make()
    const cookie = await begin(sessions)
    const session = await sessions.load(request(cookie))
    await turn(sessions, cookie, set(9))
    await reloadMidway(session)
    expect(session.data.n).toBe(9)
    await turn(sessions, cookie, (other) => other.destroy())
    await failure('superseded', () => reloadMidway(session))
  })

  test('P8 a second one of this request does not bring a destroyed session back', async () => {
    const sessions = bench('stored').make()
    const cookie = await begin(sessions)
    const session = await sessions.load(request(cookie))
    set(2)(session)
    await saveMidway(session)
    await turn(sessions, cookie, (other) => other.destroy())
    set(3)(session)
    await failure('superseded', () => saveMidway(session))
    expect((await turn(sessions, cookie)).session.outcome).toBe('unknown')
  })

  test('P10 when the last save fails, the error brings the cookie of the login before', async () => {
    let broken = false
    const store = faultyStore(new MemoryStore(), () => (broken ? 'throw' : undefined))
    const sessions = bench('stored', { store, clock: Date.now }).make()
    const former = await begin(sessions)
    const session = await sessions.load(request(former))
    session.login('ada')
    await saveMidway(session)
    set(2)(session)
    broken = true
    const { cookies } = await failure('store_unavailable', () => sessions.save(session))
    broken = false
    expect((await turn(sessions, after(former, cookies))).session.owner).toBe('ada')
  })

  test('two sessions that one request ends are both gone', async () => {
    const store = new MemoryStore()
    const sessions = bench('stored', { store, clock: Date.now }).make()
    const { cookie } = await turn(sessions, await begin(sessions), async (session) => {
      for (const value of [1, 2]) {
        session.destroy()
        await saveMidway(session)
        set(value)(session)
        await saveMidway(session)
      }
      session.destroy()
    })
    expect([store.size, cookie]).toEqual([0, ''])
  })
})

test('sealed: two sessions that one request ends are both named to the browser', async () => {
  const sessions = bench('sealed').make()
  const former = await begin(sessions)
  let middle = ''
  const { sent } = await turn(sessions, former, async (session) => {
    session.destroy()
    set(1)(session)
    await saveMidway(session)
    middle = session.id
    session.destroy()
  })
  const marker = sent.find((line) => line.startsWith(`${NAME}-ended=`)) ?? ''
  const { id } = (await turn(sessions, former)).session
  expect(marker).toContain(`${middle}.${id}`)
})

test('remember the same again asks for nothing', async () => {
  const sessions = bench('stored').make()
  const { cookie } = await turn(sessions, await begin(sessions), (session) => session.remember('2d'))
  const { sent, session } = await turn(sessions, cookie, (session) => session.remember('2d'))
  expect([sent, session.data.n]).toEqual([[], 1])
})

test('in a header, too, the last one brings along what the first has told', async () => {
  const sessions = bench('stored').make({ transport: bearer() })
  for (const later of [false, true]) {
    const session = await sessions.load(request())
    session.data.n = 1
    await saveMidway(session)
    if (later) session.remember('2d')
    const answer = new Headers()
    await sessions.finish(session, answer)
    const headers = { authorization: `Bearer ${answer.get('session-token')}` }
    const { data } = await sessions.load(new Request('https://example.test/', { headers }))
    expect(data.n).toBe(1)
  }
})

test('P14 behind a snapshot each of the two cookies goes out once, with what was saved last', async () => {
  const sessions = cached().make()
  const former = await begin(sessions)
  const { sent, cookie } = await turn(sessions, former, async (session) => {
    set(2)(session)
    await saveMidway(session)
    session.login('ada')
    await saveMidway(session)
    set(3)(session)
  })
  expect(names(sent).toSorted()).toEqual([NAME, SNAPSHOT])
  expect((await turn(sessions, cookie)).session).toMatchObject({ owner: 'ada', data: { n: 3 } })
  const { session } = await turn(sessions, cookie, async (session) => {
    set(4)(session)
    await reloadMidway(session)
  })
  expect(session.data.n).toBe(3)
})
