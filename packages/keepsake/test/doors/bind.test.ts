import { describe, expect, test } from 'vitest'
import { client } from '../../src/bind.ts'
import { type ManagerOptions, type RequestLike, SessionManager } from '../../src/index.ts'
import {
  after,
  backings,
  bench,
  type Data,
  failure,
  SECRETS,
  type Sessions,
  type Visit,
} from '../core/kit.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const NEWER = FIREFOX.replaceAll('140', '141')
const CURL = 'curl/8.5.0'

const from = (agent: string, cookie = '', more: Record<string, string> = {}): Request =>
  new Request('https://example.test/', { headers: { 'user-agent': agent, cookie, ...more } })

interface Seen {
  readonly session: Visit
  readonly sent: readonly string[]
  readonly cookie: string
}

async function visit(
  sessions: Sessions,
  request: Request,
  use: (session: Visit) => unknown = ({ data }) => data,
): Promise<Seen> {
  const session = await sessions.load(request)
  await use(session)
  const sent = await sessions.save(session)
  return { session, sent, cookie: after(request.headers.get('cookie') ?? '', sent) }
}

const write = ({ data }: Visit): unknown => Object.assign(data, { n: 1 })

describe.each(backings)('%s', (backing) => {
  const world = (onMismatch: 'end' | 'anonymous' | 'report' = 'anonymous') => {
    const it = bench(backing, { bind: client(['User-Agent', 'accept-language'], { onMismatch }) })
    return { ...it, sessions: it.make() }
  }

  test('the same client comes back, another one finds nothing, and is told nothing', async () => {
    const { sessions, events } = world()
    const { cookie, session } = await visit(sessions, from(FIREFOX), write)
    expect((await visit(sessions, from(FIREFOX, cookie))).session.outcome).toBe('loaded')
    expect(events).toEqual([])
    const thief = await visit(sessions, from(CURL, cookie))
    expect([thief.session.outcome, thief.session.data, thief.sent]).toEqual(['bound-elsewhere', {}, []])
    expect(events).toMatchObject([{ type: 'bound-elsewhere', id: session.id }])
    const why = await sessions.explain(from(CURL, cookie))
    expect([why.code, why.outcome, why.message]).toEqual([
      'bound-elsewhere',
      'bound-elsewhere',
      `Session ${session.id} came from another client than the one it was made for.`,
    ])
    expect((await visit(sessions, from(FIREFOX, cookie))).session.data).toEqual({ n: 1 })
  })

  test('each of the headers counts, one that is missing too; versions of the browser do not', async () => {
    const { sessions } = world()
    const { cookie } = await visit(sessions, from(FIREFOX, '', { 'accept-language': 'de' }), write)
    const outcome = async (agent: string, language: Record<string, string>): Promise<string> =>
      (await visit(sessions, from(agent, cookie, language))).session.outcome
    expect(await outcome(NEWER, { 'accept-language': 'de' })).toBe('loaded')
    expect(await outcome(FIREFOX, { 'accept-language': 'en' })).toBe('bound-elsewhere')
    expect(await outcome(FIREFOX, {})).toBe('bound-elsewhere')
    expect(await outcome(`${FIREFOX}de`, {})).toBe('bound-elsewhere')
    expect(await outcome('x'.repeat(200_000), { 'accept-language': 'y'.repeat(200_000) })).toBe(
      'bound-elsewhere',
    )
  })

  test('end: the session ends, in a store for everybody', async () => {
    const { sessions } = world('end')
    const { cookie } = await visit(sessions, from(FIREFOX), write)
    const thief = await visit(sessions, from(CURL, cookie))
    expect([thief.session.outcome, thief.sent]).toEqual(['bound-elsewhere', []])
    const { session } = await visit(sessions, from(FIREFOX, cookie))
    expect(session.outcome).toBe(backing === 'stored' ? 'unknown' : 'loaded')
  })

  test('report: it opens, and is reported at every visit until the next login', async () => {
    const { sessions, events } = world('report')
    const { cookie } = await visit(sessions, from(FIREFOX), write)
    const moved = await visit(sessions, from(CURL, cookie), ({ data }) => Object.assign(data, { n: 2 }))
    expect([moved.session.outcome, events.map(({ type }) => type)]).toEqual(['loaded', ['bound-elsewhere']])
    const after = await visit(sessions, from(CURL, moved.cookie), (it) => it.login('ada'))
    expect(events).toHaveLength(2)
    await visit(sessions, from(CURL, after.cookie))
    expect(events).toHaveLength(2)
  })

  test('login and regenerate keep it bound to who asks for them', async () => {
    const { sessions } = world()
    for (const use of [(it: Visit) => it.login('ada'), (it: Visit) => it.regenerate()]) {
      const { cookie } = await visit(sessions, from(FIREFOX), write)
      const next = await visit(sessions, from(FIREFOX, cookie), use)
      expect((await visit(sessions, from(FIREFOX, next.cookie))).session.outcome).toBe('loaded')
      expect((await visit(sessions, from(CURL, next.cookie))).session.outcome).toBe('bound-elsewhere')
    }
  })

  test('a session from before the option opens for anybody, until its next write', async () => {
    const { make, sessions } = world()
    const before = await visit(make({ bind: undefined } as never), from(FIREFOX), write)
    expect((await visit(sessions, from(CURL, before.cookie))).session.outcome).toBe('loaded')
    const bound = await visit(sessions, from(FIREFOX, before.cookie), ({ data }) =>
      Object.assign(data, { n: 2 }),
    )
    expect((await visit(sessions, from(CURL, bound.cookie))).session.outcome).toBe('bound-elsewhere')
    expect((await visit(make({ bind: undefined } as never), from(CURL, bound.cookie))).session.outcome).toBe(
      'loaded',
    )
  })

  test('renewals and a change of secrets leave it bound', async () => {
    const { make, sessions, clock } = world()
    const { cookie } = await visit(sessions, from(FIREFOX), write)
    clock.advance('2d')
    const turned = make({ secrets: [SECRETS[1], SECRETS[0]] })
    const renewed = await visit(turned, from(FIREFOX, cookie))
    expect(renewed.session.outcome).toBe('loaded')
    expect((await visit(turned, from(FIREFOX, renewed.cookie))).session.outcome).toBe('loaded')
    expect((await visit(turned, from(CURL, renewed.cookie))).session.outcome).toBe('bound-elsewhere')
  })

  test('another client may still log out, and start a session of its own', async () => {
    const { sessions } = world()
    const { cookie, session } = await visit(sessions, from(FIREFOX), write)
    const own = await visit(sessions, from(CURL, cookie), write)
    expect(own.session.id).not.toBe(session.id)
    expect((await visit(sessions, from(CURL, own.cookie))).session.data).toEqual({ n: 1 })
    await visit(sessions, from(CURL, cookie), (it) => it.destroy())
    const { outcome } = (await visit(sessions, from(FIREFOX, cookie))).session
    expect(outcome).toBe(backing === 'stored' ? 'unknown' : 'loaded')
  })
})

test('the record tells nothing of the client, and two records of one client nothing of each other', async () => {
  for (const secrets of [SECRETS[0], undefined]) {
    const { store, clock } = bench('stored')
    const sessions = new SessionManager<Data>({
      store,
      clock: clock.now,
      bind: client(),
      ...(secrets && { secrets }),
    })
    const kept = async (): Promise<string> => {
      const { session } = await visit(sessions, from(FIREFOX), write)
      return (await store.get(session.id))?.value ?? ''
    }
    const stamps = [await kept(), await kept()].map((value) => {
      expect(value).not.toMatch(/firefox|mozilla|linux/i)
      return /"b":"([\w-]{34})"/.exec(value)?.[1]
    })
    expect(stamps[0]).toBeDefined()
    expect(stamps[0]).not.toBe(stamps[1])
  }
})

test('a snapshot is bound, too', async () => {
  const sessions = bench('stored', { bind: client(), cache: { maxAge: '1m' } }).make()
  const { cookie } = await visit(sessions, from(FIREFOX), write)
  for (const [agent, outcome] of [
    [CURL, 'bound-elsewhere'],
    [FIREFOX, 'loaded'],
  ] as const)
    expect((await visit(sessions, from(agent, cookie))).session.outcome).toBe(outcome)
})

test('update binds, too, and a binding of another kind does not know the client', async () => {
  const { make } = bench('stored')
  const { cookie } = await visit(make(), from(FIREFOX), write)
  const bound = make({ bind: client() })
  const session = await bound.load(from(FIREFOX, cookie))
  await bound.update(session, (data) => {
    data.n = 2
  })
  expect((await visit(bound, from(CURL, cookie))).session.outcome).toBe('bound-elsewhere')
  const odd = make({ bind: { onMismatch: 'anonymous', clientOf: (request: RequestLike) => [request.url] } })
  expect((await visit(odd, from(FIREFOX, cookie))).session.outcome).toBe('bound-elsewhere')
})

test.each([
  ['no header', [[]]],
  ['a name that is none', [['user agent']]],
  ['what changes with each request', [['Cookie']]],
  ['what pages, pictures and scripts send otherwise', [['user-agent', 'Accept']]],
  ['what only some requests have', [['Origin']]],
  ['what says how a page was come to', [['Sec-Fetch-Site']]],
  ['what a reload sends', [['cache-control']]],
  ['a text in place of a list', ['user-agent']],
  ['an option that does not exist', [['user-agent'], { onMissmatch: 'end' }]],
  ['another policy', [['user-agent'], { onMismatch: 'block' }]],
])('%s is refused', async (_, args) => {
  await failure('config', () => (client as (...args: unknown[]) => unknown)(...args))
})

test('what is no binding is refused', async () => {
  const options = { secrets: SECRETS[0], bind: 'user-agent' } as unknown as ManagerOptions<Data>
  expect((await failure('config', () => new SessionManager(options))).message).toContain('keepsake/bind')
})
