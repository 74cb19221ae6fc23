import fc from 'fast-check'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { type CsrfFailure, type CsrfOptions, csrf } from '../../src/csrf.ts'
import { session } from '../../src/hono.ts'
import { ownSeals } from '../../src/import/own-seals.ts'
import { type RequestLike, SessionManager } from '../../src/index.ts'
import { browser } from '../../src/testing.ts'
import { backings, bench, type Data, failure, SECRETS, type Sessions, turn, type Visit } from '../core/kit.ts'

const URL = 'https://example.test/transfer?to=eve'

const post = (cookie: string, token?: string, init: RequestInit = {}): Request =>
  new Request(URL, {
    method: 'POST',
    ...init,
    headers: { cookie, ...(token !== undefined && { 'x-csrf-token': token }), ...init.headers },
  })

/** A token of a session that goes on with that cookie. */
async function given(
  sessions: Sessions,
  cookie = '',
  use: (session: Visit) => unknown = () => undefined,
  form?: { path: string; method?: string },
): Promise<{ token: string; cookie: string }> {
  let token = ''
  const done = await turn(sessions, cookie, async (session) => {
    await use(session)
    token = await csrf(sessions).token(session, form)
  })
  return { token, cookie: done.cookie }
}

async function failed(
  sessions: Sessions,
  request: RequestLike,
  options: CsrfOptions = {},
  field?: string,
): Promise<CsrfFailure | 'passes'> {
  let seen: CsrfFailure | 'passes' = 'passes'
  const onFailure = (_: RequestLike, failure: CsrfFailure): undefined => {
    seen = failure
  }
  await csrf(sessions, { ...options, onFailure }).check(request, field)
  return seen
}

describe.each([...backings, 'stored, no secrets'] as const)('%s', (kind) => {
  const start = () => {
    const { clock, store, make } = bench(kind === 'sealed' ? 'sealed' : 'stored')
    const bare = { store, clock: clock.now }
    return { clock, sessions: kind === 'stored, no secrets' ? new SessionManager<Data>(bare) : make() }
  }

  test('a token of this session passes, any number of times, and looks different each time', async () => {
    const { sessions } = start()
    const first = await given(sessions)
    const second = await given(sessions, first.cookie)
    expect(second.token).not.toBe(first.token)
    for (const { token } of [first, second, first])
      expect(await failed(sessions, post(first.cookie, token))).toBe('passes')
  })

  test('T-F12 of another session, of before a login, altered or cut short, it is refused', async () => {
    const { sessions } = start()
    const { token, cookie } = await given(sessions)
    const other = await given(sessions)
    expect(await failed(sessions, post(other.cookie, token))).toBe('bad-token')
    const after = await turn(sessions, cookie, (it) => it.login('ada'))
    expect(await failed(sessions, post(after.cookie, token))).toBe('bad-token')
    for (const bad of [
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      `B${token.slice(1)}`,
      token.slice(0, 43),
      'x',
      'ü',
    ])
      expect(await failed(sessions, post(cookie, bad === 'ü' ? encodeURIComponent(bad) : bad))).toBe(
        'bad-token',
      )
    expect(await failed(sessions, post(cookie))).toBe('no-token')
    expect(await failed(sessions, post(cookie, ''))).toBe('no-token')
    expect(await failed(sessions, post('', token))).toBe('bad-token')
  })

  test.each([
    ['login', (it: Visit) => it.login('ada')],
    ['regenerate', (it: Visit) => it.regenerate()],
  ])('T-F2 %s kills what was given before, and a page of the same request has the new one', async (_, use) => {
    const { sessions } = start()
    const before = await given(sessions)
    const after = await given(sessions, before.cookie, use)
    expect(await failed(sessions, post(after.cookie, before.token))).toBe('bad-token')
    expect(await failed(sessions, post(after.cookie, after.token))).toBe('passes')
  })

  test('a page given before the login of the same request is dead, one after destroy is of the new session', async () => {
    const { sessions } = start()
    let early = ''
    const first = await given(sessions)
    const after = await given(sessions, first.cookie, async (it) => {
      early = await csrf(sessions).token(it)
      it.login('ada')
    })
    expect(await failed(sessions, post(after.cookie, early))).toBe('bad-token')
    const gone = await given(sessions, after.cookie, (it) => it.destroy())
    expect(await failed(sessions, post(gone.cookie, gone.token))).toBe('passes')
  })

  test('writes and renewals leave open forms alone', async () => {
    const { sessions, clock } = start()
    const { token, cookie } = await given(sessions)
    const written = await turn(sessions, cookie, ({ data }) => Object.assign(data, { n: 2 }))
    clock.advance('2d')
    const renewed = await turn(sessions, written.cookie)
    expect(await failed(sessions, post(renewed.cookie, token))).toBe('passes')
  })

  test('a token for one form is good for no other', async () => {
    const { sessions } = start()
    const form = { path: '/transfer' }
    const { token, cookie } = await given(sessions, '', undefined, form)
    expect(await failed(sessions, post(cookie, token))).toBe('passes')
    expect(await failed(sessions, post(cookie, token, { method: 'DELETE' }))).toBe('bad-token')
    const elsewhere = new Request('https://example.test/login', {
      method: 'POST',
      headers: post(cookie, token).headers,
    })
    expect(await failed(sessions, elsewhere)).toBe('bad-token')
    const spelled = await given(sessions, cookie, undefined, {
      path: 'https://example.test/transfer#top',
      method: 'post',
    })
    expect(await failed(sessions, post(cookie, spelled.token))).toBe('passes')
  })

  test('asking for a token is what starts a session; reading and checking do not', async () => {
    const { sessions } = start()
    expect(await failed(sessions, post('', 'x'.repeat(86)))).toBe('bad-token')
    expect((await turn(sessions, '', (it) => it.data)).sent).toEqual([])
    const request = post('', (await given(sessions)).token)
    expect(await failed(sessions, request)).toBe('bad-token')
    expect(await sessions.save(await sessions.load(request))).toEqual([])
    const { token, cookie } = await given(sessions)
    expect(cookie).not.toBe('')
    const { session } = await turn(sessions, cookie)
    expect([session.outcome, session.data]).toEqual(['loaded', {}])
    expect(await failed(sessions, post(cookie, token))).toBe('passes')
  })

  test('after the commit a kept session still gives tokens, another is too late', async () => {
    const { sessions } = start()
    const { cookie } = await given(sessions)
    for (const [came, late] of [
      [cookie, false],
      ['', true],
    ] as const) {
      const visit = await sessions.load(post(came))
      visit.data
      await sessions.commit(visit, new Response())
      if (late) await failure('too_late', () => csrf(sessions).token(visit))
      else expect(await failed(sessions, post(cookie, await csrf(sessions).token(visit)))).toBe('passes')
    }
  })
})

test.each(backings)('%s: a change of secrets leaves open forms alone', async (backing) => {
  const { make } = bench(backing)
  const { token, cookie } = await given(make())
  expect(await failed(make({ secrets: [SECRETS[1], SECRETS[0]] }), post(cookie, token))).toBe('passes')
  const { token: newer } = await given(make({ secrets: [SECRETS[1], SECRETS[0]] }), cookie)
  expect(await failed(make({ secrets: [SECRETS[0], SECRETS[1]] }), post(cookie, newer))).toBe('passes')
})

test('a page made from a snapshot has tokens of the record', async () => {
  const sessions = bench('stored', { cache: { maxAge: '1m' } }).make()
  const first = await given(sessions)
  const { token, cookie } = await given(sessions, first.cookie)
  expect(await failed(sessions, post(cookie, token))).toBe('passes')
  expect(await failed(sessions, post(cookie, first.token))).toBe('passes')
})

test('a page for a session that was sealed before there was a store moves it in, so that its token is good', async () => {
  const { store, clock, make } = bench('sealed')
  const first = await turn(make(), '', ({ data }) => Object.assign(data, { n: 1 }))
  const accept = [ownSeals({ until: new Date(clock.now() + 86_400_000) })]
  const sessions = make({ store, accept })
  const { token, cookie } = await given(sessions, first.cookie)
  expect(cookie).not.toBe(first.cookie)
  expect(await failed(sessions, post(cookie, token))).toBe('passes')
  expect((await turn(sessions, cookie)).session.data).toEqual({ n: 1 })
})

test('a rotation leaves open forms alone', async () => {
  const { make, clock } = bench('stored', { rotateEvery: '1h' })
  const sessions = make()
  const { token, cookie } = await given(sessions)
  clock.advance('2h')
  const handed = await turn(sessions, cookie)
  const confirmed = await turn(sessions, handed.cookie)
  expect(handed.cookie).not.toBe(cookie)
  expect(await failed(sessions, post(confirmed.cookie, token))).toBe('passes')
})

describe('forms', () => {
  const sessions = bench('sealed').make()

  async function outcome(
    body: (token: string) => BodyInit,
    read: (request: Request) => unknown,
  ): Promise<unknown> {
    const { token, cookie } = await given(sessions)
    const request = post(cookie, undefined, { body: body(token), duplex: 'half' } as RequestInit)
    const ruling = await failed(sessions, request)
    return [ruling, await read(request)]
  }

  test('the field of a urlencoded form, and the handler reads it all', async () => {
    const got = await outcome(
      (token) => new URLSearchParams({ to: 'eve', _csrf: token, note: 'ü'.repeat(200_000) }),
      async (request) => (await request.formData()).get('note'),
    )
    expect(got).toEqual(['passes', 'ü'.repeat(200_000)])
  })

  test('the field of a multipart form before a file of any size', async () => {
    const file = new Blob([new Uint8Array(300_000).fill(7)])
    const got = await outcome(
      (token) => {
        const form = new FormData()
        form.set('_csrf', token)
        form.set('file', file, 'a.bin')
        return form
      },
      async (request) => ((await request.formData()).get('file') as File).size,
    )
    expect(got).toEqual(['passes', 300_000])
  })

  test('of a small multipart form any field', async () => {
    const got = await outcome(
      (token) => {
        const form = new FormData()
        form.set('file', new Blob(['x']), 'a.bin')
        form.set('_csrf', token)
        return form
      },
      (request) => request.bodyUsed,
    )
    expect(got).toEqual(['passes', false])
  })

  test('beyond the first 64 KiB nothing is looked for, nor is a field that was cut', async () => {
    for (const before of [65_536, 65_500, 65_520])
      expect(
        await outcome(
          (token) => new URLSearchParams({ a: 'x'.repeat(before), _csrf: token }),
          () => 0,
        ),
      ).toEqual(['no-token', 0])
    const form = (token: string): FormData => {
      const it = new FormData()
      it.set('file', new Blob([new Uint8Array(70_000)]), 'a.bin')
      it.set('_csrf', token)
      return it
    }
    expect(await outcome(form, () => 0)).toEqual(['no-token', 0])
  })

  test('other bodies, broken forms and bodies already read have no field', async () => {
    const { token, cookie } = await given(sessions)
    const types = [
      'application/json',
      'text/plain',
      'multipart/form-data',
      'multipart/form-data; boundary=b',
      '',
    ]
    for (const type of types) {
      const request = post(cookie, undefined, { body: `_csrf=${token}`, headers: { 'content-type': type } })
      expect(await failed(sessions, request), type).toBe('no-token')
    }
    const read = post(cookie, undefined, { body: new URLSearchParams({ _csrf: token }) })
    const form = await read.formData()
    expect(await failed(sessions, read)).toBe('no-token')
    expect(await failed(sessions, read, {}, String(form.get('_csrf')))).toBe('passes')
  })

  test('a body that breaks off has no field', async () => {
    const { cookie } = await given(sessions)
    const body = new ReadableStream({ pull: (to) => to.error(new Error('gone')) })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(
      await failed(sessions, post(cookie, undefined, { body, headers, duplex: 'half' } as RequestInit)),
    ).toBe('no-token')
  })

  test('P26 whatever bytes are sent, it answers', async () => {
    const { cookie } = await given(sessions)
    const types = [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'multipart/form-data; boundary="',
    ]
    const sample = fc.tuple(
      fc.constantFrom(...types),
      fc.uint8Array(),
      fc.string(),
      fc.string({ maxLength: 90 }),
    )
    await fc.assert(
      fc.asyncProperty(sample, async ([type, bytes, path, token]) => {
        const body = fc.stringify(bytes) + token
        const headers = { 'content-type': type, 'x-csrf-token': encodeURIComponent(token) }
        const request = post(cookie, undefined, { body, headers })
        expect(await failed(sessions, request)).toMatch(/-token$/)
        const like = { url: path, method: 'POST', headers: new Headers({ cookie, ...headers }) }
        expect(await failed(sessions, like, {}, token)).toMatch(/-token$/)
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  test.each([
    [['x'.repeat(86)]],
    [Array(86).fill('x')],
    [{ length: 86 }],
    [86],
    [true],
  ])('P26 a parsed body may have %j where a token belongs', async (parsed) => {
    const { cookie } = await given(sessions)
    expect(await failed(sessions, post(cookie), {}, parsed as unknown as string)).toBe('bad-token')
  })

  test('header and field may have other names', async () => {
    const { token, cookie } = await given(sessions)
    const named = { header: 'x-xsrf', field: 'authenticity_token' }
    expect(await failed(sessions, post(cookie, undefined, { headers: { 'x-xsrf': token } }), named)).toBe(
      'passes',
    )
    const body = new URLSearchParams({ authenticity_token: token })
    expect(await failed(sessions, post(cookie, undefined, { body }), named)).toBe('passes')
    expect(await failed(sessions, post(cookie, token), named)).toBe('no-token')
  })

  test('a request that is no Request, with a Host that is none', async () => {
    const { token, cookie } = await given(sessions)
    const headers = new Headers({ cookie, 'x-csrf-token': token })
    const like = { method: 'POST', url: 'https://[not-a-host/transfer', headers }
    expect(await failed(sessions, like)).toBe('passes')
    headers.set('origin', 'https://example.test')
    expect(await failed(sessions, like)).toBe('cross-origin')
  })
})

describe('a refusal', () => {
  const { sessions } = { sessions: bench('stored').make() }

  test('is a plain 403 that nothing caches, and leaves the session as it was', async () => {
    const { cookie } = await given(sessions, '', (it) => it.login('ada'))
    const refused = await csrf(sessions).check(post(cookie, 'x'.repeat(86)))
    expect([refused?.status, refused?.headers.get('cache-control')]).toEqual([403, 'no-store'])
    expect(refused?.headers.getSetCookie()).toEqual([])
    expect((await sessions.load(post(cookie))).owner).toBe('ada')
  })

  test('may be answered otherwise, or only reported', async () => {
    const answer = csrf(sessions, { onFailure: (_, why) => new Response(why, { status: 419 }) })
    expect(await (await answer.check(post('')))?.text()).toBe('no-token')
    expect(await csrf(sessions, { onFailure: () => undefined }).check(post(''))).toBeUndefined()
  })

  test.each([
    [{ tokens: 'never' }, 'tokens'],
    [{ origins: ['example.test'] }, 'origin'],
    [{ origins: ['https://example.test/'] }, 'origin'],
    [{ origins: ['null'] }, 'origin'],
    [{ origins: 'https://example.test' }, 'list'],
    [{ origin: ['https://example.test'] }, 'did you mean origins?'],
    [{ header: 'csrf token' }, 'header'],
    [{ header: '' }, 'header'],
    [{ field: '' }, 'field'],
  ])('%j is refused at construction', async (options, words) => {
    expect((await failure('config', () => csrf(sessions, options as CsrfOptions))).message).toContain(words)
  })
})

test('hono: the middleware stands before or behind the session', async () => {
  const sessions = bench('sealed').make()
  const forms = csrf(sessions)
  const door = session(sessions)
  for (const order of [
    [door, forms.middleware],
    [forms.middleware, door],
  ] as const) {
    const app = new Hono<{ Variables: { session: Visit } }>()
    for (const middleware of order) app.use(middleware)
    app.get('/', async (c) => c.text(await forms.token(c.var.session)))
    app.post('/', async (c) => c.text(`${(await c.req.parseBody()).to}`))
    const page = await app.request(URL.replace('/transfer', '/'))
    const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const body = new URLSearchParams({ to: 'bob', _csrf: await page.text() })
    const send = (headers: Record<string, string>): Promise<Response> =>
      Promise.resolve(app.request('https://example.test/', { method: 'POST', headers, body }))
    expect(await (await send({ cookie })).text()).toBe('bob')
    expect((await send({})).status).toBe(403)
    expect((await send({ cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  }
})

test('a form of the app’s own page passes in tests as in browsers, one of another site does not', async () => {
  const app = new Hono().use(csrf(bench('sealed').make()).middleware).post('/', (c) => c.text('done'))
  const visitor = browser(app)
  expect(await (await visitor.post('/')).text()).toBe('done')
  expect((await visitor.post('/', {}, { from: 'https://evil.test' })).status).toBe(403)
})

test('without csrf a form of another site brings no session, in tests either; one of a sister host does', async () => {
  const sessions = bench('sealed').make()
  const visitor = browser((request) =>
    sessions.run(request, (it) => {
      const { owner = 'nobody' } = it
      if (request.url.endsWith('/login')) it.login('ada')
      return new Response(owner)
    }),
  )
  await visitor.post('/login')
  const sent = async (from?: string): Promise<string> =>
    (await visitor.post('/', {}, from === undefined ? {} : { from })).text()
  expect(await sent()).toBe('ada')
  expect(await sent('https://evil.test')).toBe('nobody')
  expect(await sent('https://blog.example.test')).toBe('ada')
})

test('hono: a Worker makes it of its env, as the session', async () => {
  interface Env {
    readonly SECRET: string
  }
  const managerOf = (env: Env) => new SessionManager<Data>({ secrets: env.SECRET })
  const app = new Hono<{ Bindings: Env; Variables: { session: Visit } }>()
  app.use((c, next) => csrf(managerOf(c.env)).middleware(c, next))
  app.use(session((env: Env) => managerOf(env)))
  app.get('/', async (c) => c.text(await csrf(managerOf(c.env)).token(c.var.session)))
  app.post('/', (c) => c.text('done'))
  const visitor = browser((request) => app.fetch(request, { SECRET: SECRETS[0] as string }))
  const _csrf = await visitor.text('/')
  const silent = { headers: { origin: 'null', 'sec-fetch-site': 'none' } }
  expect(await (await visitor.post('/', { _csrf }, silent)).text()).toBe('done')
  expect((await visitor.post('/', {}, silent)).status).toBe(403)
})
