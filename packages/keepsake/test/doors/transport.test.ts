import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { session } from '../../src/hono.ts'
import { type ManagerOptions, MemoryStore, SessionManager } from '../../src/index.ts'
import { bearer, header } from '../../src/transport.ts'
import { type Backing, backings, bench, type Data, failure, type Sessions, type Visit } from '../core/kit.ts'

const ORIGIN = 'https://api.example/'

const asking = (headers: Record<string, string> = {}): Request => new Request(ORIGIN, { headers })
const authorized = (token: string): Request => asking({ authorization: `Bearer ${token}` })

async function answer(
  sessions: Sessions,
  request: Request,
  use: (session: Visit) => unknown = ({ data }) => data,
): Promise<Response> {
  return sessions.run(request, async (session) => {
    await use(session)
    return Response.json({ outcome: session.outcome, data: session.data })
  })
}

async function begin(sessions: Sessions): Promise<string> {
  const { headers } = await answer(sessions, asking(), ({ data }) => {
    data.n = 1
  })
  return headers.get('session-token') as string
}

const make = (backing: Backing): Sessions => bench(backing, { transport: bearer() }).make()

describe.each(backings)('bearer, %s', (backing) => {
  test('a token comes in a header of the response, goes out in Authorization, and no cookie is set', async () => {
    const sessions = make(backing)
    const first = await answer(sessions, asking(), ({ data }) => {
      data.n = 1
    })
    expect(first.headers.getSetCookie()).toEqual([])
    expect(first.headers.get('cache-control')).toBe('no-store')
    const token = first.headers.get('session-token') as string
    const second = await answer(sessions, authorized(token))
    expect(await second.json()).toEqual({ outcome: 'loaded', data: { n: 1 } })
    expect([second.headers.get('session-token'), second.headers.get('vary')]).toEqual([null, 'Authorization'])
  })

  test('the scheme may be in any case, and other schemes are not ours', async () => {
    const sessions = make(backing)
    const token = await begin(sessions)
    const outcome = async (authorization: string): Promise<string> =>
      (await sessions.load(asking({ authorization }))).outcome
    expect(await outcome(`bearer  ${token}`)).toBe('loaded')
    expect(await outcome(`Basic ${token}`)).toBe('none')
    expect(await outcome('Bearer')).toBe('none')
    expect(await outcome('Bearer ')).toBe('none')
    expect(await outcome(`Bearer ${token}, Bearer ${token}`)).toBe('malformed')
    expect(await outcome(`Bearer ${'x'.repeat(100_000)}`)).toBe('malformed')
  })

  test('a logout tells the client to forget its token by an empty one', async () => {
    const sessions = make(backing)
    const { headers } = await answer(sessions, authorized(await begin(sessions)), (it) => it.destroy())
    expect([headers.get('session-token'), headers.get('cache-control')]).toEqual(['', 'no-store'])
  })

  test('a login brings a new token', async () => {
    const sessions = make(backing)
    const token = await begin(sessions)
    const { headers } = await answer(sessions, authorized(token), (it) => it.login('ada'))
    const next = headers.get('session-token') as string
    expect(next).not.toBe(token)
    const session = await sessions.load(authorized(next))
    expect([session.owner, session.data]).toEqual(['ada', { n: 1 }])
  })

  test('what a handler asked to end before it threw is told with the page that reports the error', async () => {
    const sessions = make(backing)
    const request = authorized(await begin(sessions))
    const failing = sessions.run(request, (session) => {
      session.destroy()
      throw new Error('bug')
    })
    await expect(failing).rejects.toThrow('bug')
    const page = await sessions.commit(await sessions.load(request), new Response('sorry', { status: 500 }))
    expect(page.headers.get('session-token')).toBe('')
  })

  test('save returns no cookie, finish puts the token on a response of a framework', async () => {
    const sessions = make(backing)
    const session = await sessions.load(asking())
    session.data.n = 1
    expect(await sessions.save(session)).toEqual([])
    const headers = new Headers()
    await sessions.finish(session, headers)
    expect(headers.get('session-token')).toMatch(/^[\w-]+$/)
  })

  test('a cookie opens nothing here, nor a bearer token as a cookie', async () => {
    const { make } = bench(backing)
    const [cookies, bearers] = [make(), make({ transport: bearer() })]
    const token = await begin(bearers)
    const [line = ''] = await cookies
      .load(asking())
      .then((session) => cookies.save(Object.assign(session, { data: { n: 1 } })))
    const [name = '', value = ''] = line.split(';', 1)[0]?.split('=') ?? []
    const outcomes = [
      (await bearers.load(authorized(value))).outcome,
      (await bearers.load(asking({ cookie: `${name}=${value}` }))).outcome,
      (await cookies.load(asking({ cookie: `${name}=${token}` }))).outcome,
      (await make({ transport: header('X-Session') }).load(asking({ 'x-session': token }))).outcome,
    ]
    expect(outcomes[1]).toBe('none')
    for (const outcome of [outcomes[0], ...outcomes.slice(2)])
      expect(['tampered', 'superseded']).toContain(outcome)
    expect((await bearers.load(authorized(token))).outcome).toBe('loaded')
  })

  test('hono puts it on its responses', async () => {
    const sessions = make(backing)
    const app = new Hono().use(session(sessions)).get('/', (c) => {
      const { data } = c.get('session') as unknown as { data: Data }
      data.n = Number(data.n ?? 0) + 1
      return c.text(String(data.n))
    })
    const first = await app.request(ORIGIN)
    const token = first.headers.get('session-token')
    const second = await app.request(ORIGIN, { headers: { authorization: `Bearer ${token}` } })
    expect([await first.text(), await second.text()]).toEqual(['1', '2'])
  })

  test('a WebSocket of a browser may offer it as a subprotocol', async () => {
    const sessions = bench(backing, { transport: bearer({ webSocket: 'session' }) }).make()
    const token = await begin(sessions)
    const outcome = async (headers: Record<string, string>): Promise<string> =>
      (await sessions.load(asking(headers))).outcome
    expect(await outcome({ 'sec-websocket-protocol': `chat, session.${token}` })).toBe('loaded')
    expect(await outcome({ 'sec-websocket-protocol': 'chat' })).toBe('none')
    expect(await outcome({ 'sec-websocket-protocol': `chat, session.${token}, session.x` })).toBe('loaded')
    expect(await outcome({ 'sec-websocket-protocol': Array(999).fill('session.x').join() })).toBe('malformed')
    expect(await outcome({ authorization: 'Bearer x', 'sec-websocket-protocol': `session.${token}` })).toBe(
      'malformed',
    )
    expect(await make(backing).load(asking({ 'sec-websocket-protocol': `session.${token}` }))).toMatchObject({
      outcome: 'none',
    })
  })
})

test('a header of the app’s own, both ways', async () => {
  const sessions = bench('sealed', { transport: header('X-Session') }).make()
  const { headers } = await answer(sessions, asking(), ({ data }) => {
    data.n = 1
  })
  const again = await answer(sessions, asking({ 'x-session': headers.get('x-session') as string }))
  expect(await again.json()).toEqual({ outcome: 'loaded', data: { n: 1 } })
  expect(again.headers.get('vary')).toBe('X-Session')
})

test('what is too large is an error with the numbers and the keys', async () => {
  const sessions = make('sealed')
  const error = await failure('too_large', () =>
    answer(sessions, asking(), ({ data }) => {
      data.big = 'x'.repeat(5_000)
    }),
  )
  expect(error.limit).toBe(4096)
  expect(error.message).toContain('Session-Token')
  expect(error.message).toContain('big (5002 bytes)')
})

test.each([
  ['a cookie beside it', { transport: bearer(), cookie: {} }, 'cookie has no effect'],
  [
    'a cache beside it',
    { transport: bearer(), store: new MemoryStore(), cache: { maxAge: '1m' } },
    'cache keeps a cookie',
  ],
  ['what is no transport', { transport: {} }, 'keepsake/transport'],
  ['nothing in its place', { transport: null }, 'keepsake/transport'],
])('%s is refused', async (_, options, words) => {
  const secrets = 'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3C'
  const error = await failure(
    'config',
    () => new SessionManager({ secrets, ...options } as unknown as ManagerOptions<Data>),
  )
  expect(error.message).toContain(words)
})

test.each([
  '',
  'a b',
  'a:b',
  'Cookie',
  'set-cookie',
  'Authorization',
  'Cache-Control',
  'vary',
  'Expires',
  'CDN-Cache-Control',
  'Location',
  'Content-Length',
  'x\n',
  'ü',
])('a header named %j is refused', async (name) => {
  await failure('config', () => header(name))
  await failure('config', () => bearer({ answer: name }))
})

test('a WebSocket prefix that no subprotocol can have is refused', async () => {
  await failure('config', () => bearer({ webSocket: 'a,b' }))
})

test('an option that does not exist is refused', async () => {
  const options = { websocket: 'session' } as Parameters<typeof bearer>[0]
  expect((await failure('config', () => bearer(options))).message).toContain('did you mean webSocket?')
})
