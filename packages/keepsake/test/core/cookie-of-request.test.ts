import { describe, expect, test } from 'vitest'
import type { CookieOptions, RequestLike } from '../../src/index.ts'
import { backings, begin, bench, type Data, failure, NAME, SECRETS, turn, type Visit } from './kit.ts'

const write = ({ data }: Visit): void => {
  data.more = true
}

const at = (url: string, cookie = ''): Request =>
  new Request(url, { headers: { ...(cookie && { cookie }), host: new URL(url).host } })

describe.each(backings)('%s: a cookie for each request', (backing) => {
  const shops: Record<string, CookieOptions> = {
    'one.test': { name: '__Host-one' },
    'two.test': { domain: 'two.test', sameSite: 'strict' },
  }

  test('looks as the function says', async () => {
    const sessions = bench(backing).make({ cookie: ({ url }) => shops[new URL(url).host] ?? {} })
    const sent = async (url: string): Promise<string | undefined> => {
      const session = await sessions.load(at(url))
      write(session)
      return (await sessions.save(session))[0]?.replace(/=.*?;/, '=…;').replace(/Max-Age=\d+; /, '')
    }
    expect(await sent('https://one.test/')).toBe('__Host-one=…; Path=/; Secure; HttpOnly; SameSite=Lax')
    expect(await sent('https://www.two.test/')).toBe(
      '__Host-Http-session=…; Path=/; Secure; HttpOnly; SameSite=Lax',
    )
    expect(await sent('https://two.test/')).toBe(
      '__Secure-session=…; Domain=two.test; Path=/; Secure; HttpOnly; SameSite=Strict',
    )
  })

  test('what was made under one name opens under no other', async () => {
    const sessions = bench(backing).make({
      cookie: ({ url }) => ({ name: new URL(url).pathname === '/a' ? 'a' : 'b' }),
    })
    const session = await sessions.load(at('https://example.test/a'))
    write(session)
    const [line = ''] = await sessions.save(session)
    const value = line.slice(2, line.indexOf(';'))
    expect((await sessions.load(at('https://example.test/a', `a=${value}`))).outcome).toBe('loaded')
    expect((await sessions.load(at('https://example.test/b', `b=${value}`))).outcome).toBe('tampered')
  })

  test('options that are not right are refused when they are made', async () => {
    const sessions = bench(backing).make({ cookie: () => ({ name: '__Host-a', domain: 'example.test' }) })
    const { message } = await failure('config', () => sessions.load(at('https://example.test/')))
    expect(message).toContain('browsers refuse __Host-a with domain example.test')
  })

  test.each([undefined, null, 'sid'])('%j is none', async (nothing) => {
    const sessions = bench(backing).make({ cookie: (() => nothing) as unknown as () => CookieOptions })
    await failure('config', () => sessions.load(at('https://example.test/')))
  })

  test('what the function throws is the app’s', async () => {
    const boom = (): never => {
      throw new RangeError('boom')
    }
    await expect(bench(backing).make({ cookie: boom }).load(at('https://example.test/'))).rejects.toThrow(
      RangeError,
    )
  })

  test('is asked once for each request', async () => {
    const asked: RequestLike[] = []
    const options: CookieOptions = {}
    const sessions = bench(backing).make({
      cookie: (request) => {
        asked.push(request)
        return options
      },
    })
    const [one, two] = [at('https://example.test/'), at('https://example.test/')]
    await sessions.load(one)
    await sessions.load(one)
    await sessions.load(two)
    expect(asked).toEqual([one, two])
  })
})

describe.each(backings)('%s: a cookie that was another before', (backing) => {
  const moves: readonly [string, CookieOptions, CookieOptions][] = [
    ['another name', { name: 'sid' }, { previous: [{ name: 'sid' }] }],
    [
      'from a domain to the host',
      { name: 'sid', domain: 'example.test' },
      { name: 'sid', previous: [{ domain: 'example.test' }] },
    ],
    ['from a path to all', { name: 'sid', path: '/app' }, { name: 'sid', previous: [{ path: '/app' }] }],
    [
      'name and domain',
      { domain: 'example.test' },
      { previous: [{ name: '__Secure-session', domain: 'example.test' }] },
    ],
  ]

  describe.each(moves)('%s', (_, former, present) => {
    const setUp = async (data: Data = { n: 1 }) => {
      const { make, events } = bench(backing)
      return {
        cookie: await begin(make({ cookie: former }), data),
        sessions: make({ cookie: present }),
        events,
      }
    }

    test('opens, and a read leaves it where it is', async () => {
      const { sessions, cookie, events } = await setUp()
      const { session, sent } = await turn(sessions, cookie)
      expect([session.data.n, sent, events]).toEqual([1, [], []])
    })

    test('its next value is sent as ours, and the former is expired where it was', async () => {
      const { sessions, cookie } = await setUp()
      const { sent } = await turn(sessions, cookie, (session) => {
        write(session)
        session.regenerate()
      })
      const [ours, cleared, ...more] = sent
      expect(more).toEqual([])
      expect(ours).not.toContain('Max-Age=0')
      expect(cleared).toContain(`${cookie.split('=')[0]}=; Max-Age=0`)
      if (former.domain) expect(cleared).toContain(`; Domain=${former.domain}`)
      if (former.path) expect(cleared).toContain(`; Path=${former.path};`)
      const pair = ours?.split(';', 1)[0]
      expect({ ...(await turn(sessions, pair)).session.data }).toEqual({ n: 1, more: true })
    })

    test('a logout expires both', async () => {
      const { sessions, cookie } = await setUp()
      const { sent } = await turn(sessions, cookie, (session) => session.destroy())
      const gone = sent.filter((line) => line.includes('Max-Age=0'))
      expect(gone).toHaveLength(2)
    })
  })

  test('the first write moves it, where its name was another', async () => {
    const { make } = bench(backing)
    const cookie = await begin(make({ cookie: { name: 'sid' } }))
    const sessions = make({ cookie: { previous: [{ name: 'sid' }] } })
    const moved = await turn(sessions, cookie, write)
    expect(moved.sent).toHaveLength(2)
    expect(moved.cookie.split('=', 1)).toEqual([NAME])
    expect({ ...(await turn(sessions, moved.cookie)).session.data }).toEqual({ n: 1, more: true })
  })

  test('ours outweighs a former one, which goes when ours is sent', async () => {
    const { make } = bench(backing)
    const former = await begin(make({ cookie: { name: 'sid' } }), { of: 'former' })
    const sessions = make({ cookie: { previous: [{ name: 'sid' }] } })
    const ours = await begin(sessions, { of: 'ours' })
    const { session, sent } = await turn(sessions, `${former}; ${ours}`, (it) => it.login('ada'))
    expect(session.data.of).toBe('ours')
    expect(sent.some((line) => line.startsWith('sid=; Max-Age=0'))).toBe(true)
  })

  test('one that nobody sends is not expired', async () => {
    const sessions = bench(backing).make({ cookie: { previous: [{ name: 'sid' }, { name: 'older' }] } })
    const { sent } = await turn(sessions, 'other=1', write)
    expect(sent.map((line) => line.split('=', 1)[0])).toEqual([NAME])
  })

  test('a former one that opens nothing says why, and is expired at the next write', async () => {
    const sessions = bench(backing).make({ cookie: { previous: [{ name: 'sid' }] } })
    const { session, sent } = await turn(sessions, 'sid=junk', write)
    expect([session.outcome, sent.length]).toEqual(['malformed', 2])
  })

  test('the former secret goes with it, where both change', async () => {
    const { make } = bench(backing)
    const cookie = await begin(make({ secrets: SECRETS[0], cookie: { name: 'sid' } }))
    const sessions = make({ secrets: [SECRETS[1], SECRETS[0]], cookie: { previous: [{ name: 'sid' }] } })
    const next = await turn(sessions, cookie, write)
    expect({ ...(await turn(sessions, next.cookie)).session.data }).toEqual({ n: 1, more: true })
  })
})
