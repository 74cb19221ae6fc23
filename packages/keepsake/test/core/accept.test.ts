import { describe, expect, test } from 'vitest'
import type { TakeOver } from '../../src/index.ts'
import { header } from '../../src/transport.ts'
import { cookieOf, type Old, toy } from '../import/toy.ts'
import { type Backing, backings, bench, type Data, failure, NAME, type Options, turn } from './kit.ts'

const moving = (backing: Backing, more: Partial<TakeOver<Old, Data>> = {}, options: Options = {}) =>
  bench(backing, { accept: [toy(more)], ...options })

const cart = { cart: ['tea'] }

describe.each(backings)('%s', (backing) => {
  test('an older session opens, its data through map alone', async () => {
    const { make, events } = moving(backing)
    const { session } = await turn(make(), cookieOf({ user: 'ada', ...cart }))
    expect({ ...session.data }).toEqual(cart)
    expect(session.outcome).toBe('accepted')
    expect(session.isNew).toBe(false)
    expect(session.owner).toBeUndefined()
    expect(events).toEqual([{ type: 'accepted', from: 'old', id: session.id }])
  })

  test('nobody owns it unless owner says so, and authenticatedAt stays unset', async () => {
    const { make } = moving(backing, { owner: ({ user }) => user })
    const { session, cookie } = await turn(make(), cookieOf({ user: 'ada' }))
    expect(session.owner).toBe('ada')
    expect(session.authenticatedAt).toBeUndefined()
    expect(session.authenticatedWithin('30d')).toBe(false)
    const next = await turn(make(), cookie)
    expect(next.session.owner).toBe('ada')
    expect(next.session.authenticatedAt).toBeUndefined()
  })

  test('an old session of nobody, null as its user, keeps its data', async () => {
    const { make } = moving(backing, { owner: () => null })
    const { session } = await turn(make(), cookieOf(cart))
    expect({ ...session.data }).toEqual(cart)
    expect(session.owner).toBeUndefined()
  })

  test('reading is enough to move in: ours is written and theirs expired in one response', async () => {
    const { make } = moving(backing)
    const { sent, cookie } = await turn(make(), cookieOf(cart))
    expect(sent).toHaveLength(2)
    expect(sent[0]).toMatch(new RegExp(`^${NAME}=.+; Max-Age=`))
    expect(sent[1]).toBe('old=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
    const next = await turn(make(), cookie)
    expect(next.session.outcome).toBe('loaded')
    expect({ ...next.session.data }).toEqual(cart)
    expect(next.sent).toEqual([])
  })

  test('a handler that does not look at its session leaves the old cookie in place', async () => {
    const { make } = moving(backing)
    const { sent } = await turn(make(), cookieOf(cart), () => undefined)
    expect(sent).toEqual([])
    expect((await turn(make(), cookieOf(cart))).session.outcome).toBe('accepted')
  })

  test('an empty older session moves in, too', async () => {
    const { make } = moving(backing, { map: () => ({}) })
    const { cookie, sent } = await turn(make(), cookieOf(cart))
    expect(sent).toHaveLength(2)
    expect((await turn(make(), cookie)).session.outcome).toBe('loaded')
  })

  test('what the handler writes is saved with it', async () => {
    const { make } = moving(backing)
    const { cookie } = await turn(
      make(),
      cookieOf(cart),
      ({ data }) => void (data.cart as string[]).push('pot'),
    )
    expect((await turn(make(), cookie)).session.data.cart).toEqual(['tea', 'pot'])
  })

  test('destroy expires every accepted name, and nothing opens afterwards', async () => {
    const { make } = moving(backing, {}, { accept: [toy({}, ['old', 'old.sig']), toy({}, ['older'])] })
    const { sent, cookie } = await turn(make(), cookieOf(cart), (session) => session.destroy())
    expect(sent.filter((line) => line.includes('Max-Age=0')).map((line) => line.split('=', 1)[0])).toEqual(
      expect.arrayContaining(['old', 'old.sig', 'older']),
    )
    expect((await turn(make(), cookie)).session.outcome).toBe('none')
  })

  test('so does destroy of a session that is long ours', async () => {
    const { make } = moving(backing)
    const { cookie } = await turn(make(), cookieOf(cart))
    const { sent } = await turn(make(), cookie, (session) => session.destroy())
    expect(sent.some((line) => line.startsWith('old=; Max-Age=0'))).toBe(true)
  })

  test.each([
    'broken',
    '',
    'Aw',
  ])('a cookie of ours, be it %j, is no reason to ask a reader', async (value) => {
    let asked = 0
    const { make } = moving(backing, { map: () => ({ asked: ++asked }) })
    const { session } = await turn(make(), `${NAME}=${value}; ${cookieOf(cart)}`)
    expect(session.outcome).toBe(value === '' ? 'none' : 'malformed')
    expect(asked).toBe(0)
  })

  test('from the date on nothing is read', async () => {
    let asked = 0
    const { make, clock } = bench(backing)
    const map = (): Data => ({ asked: ++asked })
    const until = new Date(clock.now() + 1_000)
    const sessions = make({ accept: [toy({ map, until })] })
    clock.set(until.getTime() - 1)
    expect((await turn(sessions, cookieOf(cart))).session.outcome).toBe('accepted')
    clock.set(until.getTime())
    const { session, sent } = await turn(sessions, cookieOf({ ...cart, user: 'x' }))
    expect(session.outcome).toBe('none')
    expect(sent).toEqual([])
    expect(asked).toBe(1)
  })

  test('what is not genuine is an anonymous visitor, and reported', async () => {
    const { make, events } = moving(backing)
    const { session, sent } = await turn(make(), 'old=junk')
    expect(session.outcome).toBe('none')
    expect(sent).toEqual([])
    expect(events).toEqual([{ type: 'not-accepted', from: 'old' }])
  })

  test('two different cookies of one name are nobody', async () => {
    const { make } = moving(backing)
    const { session } = await turn(make(), `${cookieOf(cart)}; ${cookieOf({ cart: ['planted'] })}`)
    expect(session.outcome).toBe('none')
  })

  test.each([
    ['map throws', { map: () => JSON.parse('not JSON') }],
    ['map makes no plain JSON', { map: () => ({ when: new Date() }) as never }],
    ['map makes no object', { map: () => 'text' as never }],
    ['map is asynchronous', { map: async () => ({}) as never }],
    ['map rejects', { map: async () => JSON.parse('not JSON') }],
    ['owner throws', { owner: () => JSON.parse('not JSON') }],
    ['owner rejects', { owner: async () => JSON.parse('not JSON') as never }],
    ['owner is no text', { owner: () => 7 as never }],
    ['owner is empty', { owner: () => '' }],
  ])('%s: outcome schema, an event, no error', async (_, more) => {
    const { make, events } = moving(backing, more)
    const { session, sent } = await turn(make(), cookieOf(cart))
    expect(session.outcome).toBe('schema')
    expect({ ...session.data }).toEqual({})
    expect(sent).toEqual([])
    expect(events).toEqual([{ type: 'schema', from: 'old' }])
    expect(
      (await make()
        .explain(session as never)
        .catch(() => undefined)) ?? {},
    ).toBeDefined()
  })

  test('the data must pass the schema', async () => {
    const validate = (value: unknown) =>
      Array.isArray((value as Old).cart) ? { value: { ...(value as Old), seen: true } } : { issues: ['cart'] }
    const schema = { '~standard': { version: 1, vendor: 'test', validate } } as never
    const { make } = moving(backing, {}, { schema })
    expect({ ...(await turn(make(), cookieOf(cart))).session.data }).toEqual({ ...cart, seen: true })
    expect((await turn(make(), cookieOf({ user: 'ada' }))).session.outcome).toBe('schema')
  })

  test('of several readers the first that opens anything counts', async () => {
    const { make } = bench(backing, { accept: [toy({}, ['older']), toy({ map: () => ({ second: true }) })] })
    const { session, sent } = await turn(make(), `older=junk; ${cookieOf(cart)}`)
    expect(session.data.second).toBe(true)
    expect(sent.slice(1).map((line) => line.split('=', 1)[0])).toEqual(['older', 'old'])
  })

  test('a handler that throws takes nothing over', async () => {
    const { make } = moving(backing)
    const sessions = make()
    const request = new Request('https://example.test/', { headers: { cookie: cookieOf(cart) } })
    const running = sessions.run(request, (session) => {
      session.data.n = 1
      throw new Error('handler')
    })
    await expect(running).rejects.toThrow('handler')
    expect((await turn(make(), cookieOf(cart))).session.outcome).toBe('accepted')
  })

  test('update changes what this request will save', async () => {
    const { make } = moving(backing)
    const sessions = make()
    const { cookie } = await turn(sessions, cookieOf(cart), (session) =>
      sessions.update(session, (data) => void Object.assign(data, { n: 1 })),
    )
    expect({ ...(await turn(make(), cookie)).session.data }).toEqual({ ...cart, n: 1 })
  })

  test('what another host could have planted does not survive a login, by then neither', async () => {
    const { make } = moving(backing)
    const at = await turn(make(), cookieOf(cart), (session) => session.login('ada'))
    expect({ ...(await turn(make(), at.cookie)).session.data }).toEqual({})
    const first = await turn(make(), cookieOf({ cart: ['pot'] }))
    const later = await turn(make(), first.cookie, (session) => session.login('ada'))
    expect({ ...(await turn(make(), later.cookie)).session.data }).toEqual({})
  })

  test('unless keep names it, or its cookie was bound to this host', async () => {
    const named = moving(backing)
    const kept = await turn(named.make(), cookieOf(cart), (session) =>
      session.login('ada', { keep: ['cart'] }),
    )
    expect({ ...(await turn(named.make(), kept.cookie)).session.data }).toEqual(cart)
    const { make } = bench(backing, { accept: [toy({}, ['__Host-old'])] })
    const bound = await turn(make(), cookieOf(cart, '__Host-old'), (session) => session.login('ada'))
    expect({ ...(await turn(make(), bound.cookie)).session.data }).toEqual(cart)
  })

  test('once someone has logged in, later logins keep as ever', async () => {
    const { make } = moving(backing)
    const at = await turn(make(), cookieOf(cart), (session) => {
      session.login('ada')
      session.data.mine = 1
    })
    const again = await turn(make(), at.cookie, (session) => session.login('ada'))
    expect({ ...(await turn(make(), again.cookie)).session.data }).toEqual({ mine: 1 })
  })

  test('a login as somebody else than the old session proves starts anew', async () => {
    const { make } = moving(backing, { owner: ({ user }) => user })
    const { cookie } = await turn(make(), cookieOf({ user: 'eve', ...cart }), (session) =>
      session.login('ada', { keep: ['cart'] }),
    )
    const { session } = await turn(make(), cookie)
    expect(session.owner).toBe('ada')
    expect({ ...session.data }).toEqual({})
  })
})

describe('on plain-http localhost', () => {
  test('the old cookie is expired without Secure, too', async () => {
    const { make } = moving('sealed')
    const sessions = make()
    const session = await sessions.load(
      new Request('http://localhost/', { headers: { cookie: cookieOf(cart) } }),
    )
    expect({ ...session.data }).toEqual(cart)
    expect((await sessions.save(session))[1]).toBe('old=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
  })
})

test('the scope of the old cookie is that of its expiry', async () => {
  const { make } = moving('sealed', { domain: 'example.test', path: '/app', partitioned: true })
  const { sent } = await turn(make(), cookieOf(cart))
  expect(sent[1]).toBe(
    'old=; Max-Age=0; Domain=example.test; Path=/app; Secure; HttpOnly; SameSite=Lax; Partitioned',
  )
})

describe('explain', () => {
  test('says what came of an older cookie, and changes nothing', async () => {
    const sessions = moving('stored').make()
    const explain = (cookie: string) =>
      sessions.explain(new Request('https://example.test/', { headers: { cookie } }))
    expect(await explain(cookieOf(cart))).toMatchObject({ outcome: 'accepted', code: 'accepted' })
    expect(await explain('old=junk')).toMatchObject({ outcome: 'none', code: 'not-accepted' })
    await turn(sessions, cookieOf(cart))
    const { outcome, message } = await explain(cookieOf(cart))
    expect(outcome).toBe('superseded')
    expect(message).toBe('The session of old was taken over before; a copy of its cookie opens nothing.')
  })
})

describe('configuration', () => {
  const refusal = (run: () => unknown): Promise<string> =>
    failure('config', run).then(({ message }) => message)

  test.each([
    undefined,
    '',
    'soon',
    Number.NaN,
    0,
    new Date(Number.NaN),
    '2027-13-45',
  ])('until %s is refused', async (until) => {
    expect(await refusal(() => toy({ until: until as never }))).toContain('toy: until is required')
  })

  test('map and owner are functions', async () => {
    expect(await refusal(() => toy({ map: undefined as never }))).toContain('map is a function')
    expect(await refusal(() => toy({ owner: 'ada' as never }))).toContain('owner is a function')
  })

  test('accept is a list of readers', async () => {
    const { make } = bench('sealed')
    expect(await refusal(() => make({ accept: toy() as never }))).toContain('accept is a list')
    expect(await refusal(() => make({ accept: [{}] as never }))).toContain('accept[0] is no reader')
    expect(await refusal(() => make({ accept: [undefined] as never }))).toContain('accept[0] is no reader')
  })

  test('and needs cookies', async () => {
    const transport = header('X-Session')
    expect(await refusal(() => bench('sealed').make({ accept: [toy()], transport }))).toContain('leave one')
  })

  test('cookies that no browser keeps are refused', async () => {
    const { make } = bench('sealed')
    expect(await refusal(() => make({ accept: [toy({}, ['a b'])] }))).toContain('accept[0].name')
    expect(await refusal(() => make({ accept: [toy({ domain: '.x' })] }))).toContain('accept[0].domain')
  })
})
