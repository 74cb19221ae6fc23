import { describe, expect, test } from 'vitest'
import { backings, begin, bench, type Options, request, turn, type Visit } from './kit.ts'

const PLAIN: Options = { cookie: { name: 'sid' } }

/** What a session holds after data and flash were there, `before` ran, and somebody logged in. */
async function kept(backing: 'sealed' | 'stored', options: Options, login: (session: Visit) => void) {
  const sessions = bench(backing).make(options)
  const { cookie } = await turn(sessions, '', (session) => {
    session.data = { cart: [1], theme: 'dark' }
    session.flash('notice', 'old')
  })
  const next = await turn(sessions, cookie, login)
  const { session } = await turn(sessions, next.cookie)
  return { data: { ...session.data }, flash: session.peek('notice') }
}

describe.each(backings)('%s: what survives a login', (backing) => {
  const ada = (session: Visit): void => session.login('ada')

  test('everything under a __Host- name', async () => {
    expect(await kept(backing, {}, ada)).toEqual({ data: { cart: [1], theme: 'dark' }, flash: 'old' })
    expect(await kept(backing, { cookie: { name: '__Host-sid' } }, ada)).toMatchObject({ flash: 'old' })
  })

  test.each([
    { name: 'sid' },
    { name: '__Secure-sid' },
    { name: '__Http-sid' },
    { domain: 'example.test' },
  ])('nothing under %j, which somebody else may have planted', async (cookie) => {
    expect(await kept(backing, { cookie }, ada)).toEqual({ data: {}, flash: undefined })
  })

  test('what keep names, and no flash, under either', async () => {
    for (const options of [{}, PLAIN]) {
      const login = (session: Visit): void => session.login('ada', { keep: ['cart', 'absent'] })
      expect(await kept(backing, options, login)).toEqual({ data: { cart: [1] }, flash: undefined })
    }
  })

  test('nothing where keep is empty', async () => {
    const login = (session: Visit): void => session.login('ada', { keep: [] })
    expect(await kept(backing, {}, login)).toEqual({ data: {}, flash: undefined })
  })

  test('what this very request wrote, before or after', async () => {
    const login = (session: Visit): void => {
      session.data.before = 1
      session.data.theme = 'light'
      session.flash('notice', 'welcome')
      session.login('ada')
      session.data.after = 2
    }
    expect(await kept(backing, PLAIN, login)).toEqual({
      data: { before: 1, theme: 'light', after: 2 },
      flash: 'welcome',
    })
  })

  test.each([
    '',
    'x'.repeat(1025),
    7,
    null,
    undefined,
    { id: 1 },
  ])('%j is no owner, and nothing has happened', async (owner) => {
    const sessions = bench(backing).make()
    const session = await sessions.load(request(await begin(sessions)))
    expect(() => session.login(owner as string)).toThrow(TypeError)
    expect(session.owner).toBeUndefined()
    expect(await sessions.save(session)).toEqual([])
  })

  test('an owner of any characters comes back as it was', async () => {
    const sessions = bench(backing).make()
    for (const owner of ['"\n{}', 'ada@example.test', '😀', '\ud800', '__proto__']) {
      const { cookie } = await turn(sessions, '', (session) => session.login(owner))
      expect((await turn(sessions, cookie)).session.owner).toBe(owner)
    }
  })

  test('login alone makes a session: no data is needed', async () => {
    const sessions = bench(backing).make()
    const { cookie, sent } = await turn(sessions, '', ada)
    expect(sent).toHaveLength(1)
    expect((await turn(sessions, cookie)).session.outcome).toBe('loaded')
  })

  test('login then logout is a logout', async () => {
    const sessions = bench(backing).make()
    const next = await turn(sessions, '', (session) => {
      session.login('ada')
      session.destroy()
    })
    expect(next.sent).toEqual([])
    expect(next.session.owner).toBeUndefined()
  })
})

describe('stored: what another request writes while somebody logs in', () => {
  async function race(options: Options, login: (session: Visit) => void): Promise<Visit> {
    const sessions = bench('stored').make(options)
    const cookie = await begin(sessions, { cart: [1] })
    const session = await sessions.load(request(cookie))
    login(session)
    await turn(sessions, cookie, (other) => {
      other.data.cart = [1, 2]
      other.data.planted = true
      other.flash('planted', 'yes')
    })
    const sent = await sessions.save(session)
    return (await turn(sessions, (sent[0] ?? '').split(';', 1)[0])).session
  }

  test('is carried where all is kept', async () => {
    const session = await race({}, (it) => it.login('ada'))
    expect({ ...session.data }).toEqual({ cart: [1, 2], planted: true })
    expect(session.peek('planted')).toBe('yes')
  })

  test('is dropped like the rest where nothing is', async () => {
    const session = await race(PLAIN, (it) => it.login('ada'))
    expect([{ ...session.data }, session.peek('planted')]).toEqual([{}, undefined])
  })

  test('is carried under the names of keep', async () => {
    const session = await race(PLAIN, (it) => {
      it.flash('own', 'welcome')
      it.login('ada', { keep: ['cart'] })
    })
    expect([{ ...session.data }, session.peek('planted'), session.peek('own')]).toEqual([
      { cart: [1, 2] },
      undefined,
      'welcome',
    ])
  })
})
