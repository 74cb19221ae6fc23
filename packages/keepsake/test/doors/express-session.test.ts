import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { expressSession } from '../../src/node.ts'
import { faultyStore } from '../../src/testing.ts'
import { SECRETS } from '../core/kit.ts'
import {
  cookieOf,
  type ExpressHandler,
  type ExpressReq,
  makers,
  sealed,
  serveExpress,
  stored,
} from './express-kit.ts'

const HOUR = 3_600_000

const views = (req: ExpressReq): number => {
  const count = ((req.session.views as number | undefined) ?? 0) + 1
  req.session.views = count
  return count
}

const count: ExpressHandler = (req, res) => void res.send(String(views(req)))
const id: ExpressHandler = (req, res) => void res.send(req.sessionID)
const read: ExpressHandler = (req, res) => void res.json({ ...req.session })

/** What `expressSession` says of an option that it does without. */
const refusal = (option: string): string => {
  const options = { [option]: true } as object
  try {
    expressSession(stored().sessions, options)
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing'
}

it('has a test for each heading of the README of express-session', () => {
  const readme = readFileSync('node_modules/express-session/README.md', 'utf8')
  const [, api = ''] = readme.split('## API')
  const [documented = ''] = api.split('## Session Store Implementation')
  const headings = Array.from(documented.matchAll(/^#{3,} (.+)$/gm), ([, heading = '']) => heading)
  const own = readFileSync(import.meta.filename, 'utf8')
  expect(headings).toContain('Session.reload(callback)')
  expect(headings.filter((heading) => heading !== 'Options' && !own.includes(`it('${heading}`))).toEqual([])
})

describe.each(Object.entries(makers))('expressSession as express-session, %s', (_, make) => {
  it('session(options)', async () => {
    const { sessions } = stored()
    const { visitor } = await serveExpress(make, sessions, { '/': count })
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1', '2'])
    const options = { secret: 'keyboard cat', resave: false, cookie: {} }
    const moved = (): unknown => expressSession(options as never)
    expect(moved).toThrow(/^expressSession takes a SessionManager.*\nsecret: .*\nresave: .*\ncookie: /)
  })

  it('cookie', async () => {
    const { sessions } = sealed({
      cookie: (request) => ({ path: new URL(request.url).pathname.replace(/^(\/[^/]+).*/, '$1') }),
    })
    const { visitor } = await serveExpress(make, sessions, { '/a/b': count, '/b/b': count })
    expect(cookieOf(await visitor.get('/a/b'))).toContain('; Path=/a;')
    expect([await visitor.text('/b/b'), await visitor.text('/a/b')]).toEqual(['1', '2'])
    expect(refusal('cookie')).toMatch(/it goes to the manager/)
  })

  it('cookie.domain', async () => {
    const { sessions } = sealed({ cookie: { domain: 'example.test', secure: true } })
    const { visitor } = await serveExpress(make, sessions, { '/': count })
    expect(cookieOf(await visitor.get('/'))).toContain('; Domain=example.test')
    expect(() => sealed({ cookie: { domain: 'not a domain' } })).toThrow(/domain/)
  })

  it('cookie.expires', async () => {
    const { sessions, clock } = stored()
    const { visitor } = await serveExpress(make, sessions, {
      '/': (req, res) => {
        views(req)
        req.session.cookie.expires = new Date(clock.now() + HOUR)
        res.json(req.session.cookie)
      },
    })
    const response = await visitor.get('/')
    const expires = new Date(clock.now() + HOUR).toISOString()
    expect(await response.json()).toEqual({ maxAge: HOUR, originalMaxAge: HOUR, expires })
    clock.advance('61m')
    expect(await visitor.text('/')).not.toContain('"views":2')
  })

  it('cookie.httpOnly', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, { '/': count })
    expect(cookieOf(await visitor.get('/'))).toContain('; HttpOnly')
  })

  it('cookie.maxAge', async () => {
    const { sessions } = stored({ idleTimeout: '20m', lifetime: '1h' })
    const { visitor } = await serveExpress(make, sessions, { '/': count })
    // in a store the cookie is set once, to the absolute limit; the store ends it sooner
    expect(cookieOf(await visitor.get('/'))).toContain('; Max-Age=3600')
    const browserLong = sealed({ persistent: false })
    const { visitor: other } = await serveExpress(make, browserLong.sessions, { '/': count })
    expect(cookieOf(await other.get('/'))).not.toContain('Max-Age')
  })

  it('cookie.partitioned', async () => {
    const cookie = { partitioned: true, sameSite: 'none', secure: true } as const
    const { visitor } = await serveExpress(make, sealed({ cookie }).sessions, { '/': count })
    expect(cookieOf(await visitor.get('/'))).toContain('; Partitioned')
  })

  it('cookie.path', async () => {
    const { sessions } = sealed({ cookie: { path: '/foo' } })
    const { visitor } = await serveExpress(make, sessions, { '/foo': count, '/foobar': count })
    expect(cookieOf(await visitor.get('/foo'))).toContain('; Path=/foo;')
    expect([await visitor.text('/foobar'), await visitor.text('/foo')]).toEqual(['1', '2'])
  })

  it('cookie.priority', async () => {
    const { visitor } = await serveExpress(make, sealed({ cookie: { priority: 'high' } }).sessions, {
      '/': count,
    })
    expect(cookieOf(await visitor.get('/'))).toContain('; Priority=High')
  })

  it('cookie.sameSite', async () => {
    for (const [sameSite, attribute] of [
      ['lax', 'Lax'],
      ['strict', 'Strict'],
    ] as const) {
      const { visitor } = await serveExpress(make, sealed({ cookie: { sameSite } }).sessions, { '/': count })
      expect(cookieOf(await visitor.get('/'))).toContain(`; SameSite=${attribute}`)
    }
    // 'auto' is a function of the request
    const auto = sealed({
      cookie: ({ url }) => ({ sameSite: url.startsWith('https:') ? 'none' : 'lax' }),
    })
    const options = { secure: 'auto', trustProxy: ['loopback'] } as const
    const { visitor } = await serveExpress(make, auto.sessions, { '/': count }, options)
    expect(cookieOf(await visitor.get('/'))).toContain('; SameSite=Lax')
    const headers = { 'x-forwarded-proto': 'https' }
    expect(cookieOf(await visitor.get('/', { headers }))).toContain('; Secure; HttpOnly; SameSite=None')
  })

  it('cookie.secure', async () => {
    const strict = await serveExpress(make, sealed({ cookie: { secure: true } }).sessions, { '/': count })
    // over plain http the browser drops it; express-session would not even send it, and say nothing
    expect(cookieOf(await strict.visitor.get('/'))).toContain('; Secure')
    const options = { secure: 'auto', trustProxy: 1 } as const
    const auto = await serveExpress(make, sealed().sessions, { '/': count }, options)
    expect(cookieOf(await auto.visitor.get('/'))).not.toContain('Secure')
    const headers = { 'x-forwarded-proto': 'https' }
    expect(cookieOf(await auto.visitor.get('/', { headers }))).toContain('; Secure')
  })

  it('genid', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, { '/': id })
    const ids = [await visitor.text('/'), await visitor.text('/')]
    for (const each of ids) expect(each).toMatch(/^[\w-]{22}$/)
    expect(ids[0]).not.toBe(ids[1])
    expect(refusal('genid')).toMatch(/128 random bits/)
  })

  it('name', async () => {
    const { visitor } = await serveExpress(make, sealed({ cookie: { name: 'shop' } }).sessions, {
      '/': count,
    })
    expect(cookieOf(await visitor.get('/'))).toMatch(/^shop=/)
    expect([refusal('name'), refusal('key')]).toEqual([
      expect.stringContaining('cookie: { name }'),
      expect.stringContaining('cookie: { name }'),
    ])
  })

  it('proxy', async () => {
    const secure = 'auto' as const
    const headers = { 'x-forwarded-proto': 'https' }
    const nobody = await serveExpress(make, sealed().sessions, { '/': count }, { secure })
    expect(cookieOf(await nobody.visitor.get('/', { headers }))).not.toContain('Secure')
    expect(refusal('proxy')).toMatch(/trustProxy/)
  })

  it('resave', async () => {
    const { sessions, store, clock } = stored()
    const { visitor } = await serveExpress(make, sessions, { '/': count, '/read': read })
    await visitor.get('/')
    const before = JSON.stringify(await records(store, sessions, visitor))
    await visitor.get('/read')
    expect(JSON.stringify(await records(store, sessions, visitor))).toBe(before)
    clock.advance('2h')
    await visitor.get('/read')
    expect(JSON.stringify(await records(store, sessions, visitor))).not.toBe(before)
    expect(refusal('resave')).toMatch(/nothing is written unless it has changed/)
  })

  it('rolling', async () => {
    const { sessions, clock } = sealed({ idleTimeout: '1h', renewAfter: '5m' })
    const { visitor } = await serveExpress(make, sessions, { '/': count, '/read': read })
    await visitor.get('/')
    for (let times = 0; times < 4; times++) {
      clock.advance('50m')
      expect(await visitor.text('/read')).toBe('{"views":1}')
    }
    expect(refusal('rolling')).toMatch(/idleTimeout/)
  })

  it('saveUninitialized', async () => {
    const { sessions, store } = stored()
    const { visitor } = await serveExpress(make, sessions, { '/': read })
    expect(cookieOf(await visitor.get('/'))).toBeUndefined()
    expect(store.size).toBe(0)
    expect(refusal('saveUninitialized')).toMatch(/no record and no cookie/)
  })

  it('secret', async () => {
    const store = new MemoryStore()
    const [older, newer] = SECRETS
    const { visitor } = await serveExpress(make, new SessionManager({ secrets: older, store }), {
      '/': count,
    })
    await visitor.get('/')
    const cookie = visitor.cookie('session')?.value ?? ''
    const rotated = new SessionManager({ secrets: [newer, older], store })
    const { visitor: after } = await serveExpress(make, rotated, { '/': count })
    expect(await after.text('/', { headers: { cookie: `session=${cookie}` } })).toBe('2')
    expect(() => new SessionManager({ secrets: 'keyboard cat' })).toThrow(/npx keepsake secret/)
    expect(refusal('secret')).toMatch(/secrets/)
  })

  it('store', async () => {
    let down = false
    const store = faultyStore(new MemoryStore(), () => (down ? 'throw' : undefined))
    const sessions = new SessionManager({ secrets: SECRETS[0], store, onEvent: () => undefined })
    const { visitor, errors } = await serveExpress(make, sessions, { '/': count })
    await visitor.get('/')
    down = true
    expect((await visitor.get('/')).status).toBe(500)
    expect(errors).toEqual([expect.objectContaining({ code: 'store_unavailable' })])
    expect(refusal('store')).toMatch(/keepsake\/express-store/)
  })

  it('unset', async () => {
    const { sessions, store } = stored()
    const { visitor } = await serveExpress(make, sessions, {
      '/': count,
      '/null': (req, res) => {
        req.session = null
        res.send(String(req.session))
      },
      '/delete': (req, res) => {
        Reflect.deleteProperty(req, 'session')
        res.send(String(req.session))
      },
    })
    for (const [path, seen] of [
      ['/null', 'null'],
      ['/delete', 'undefined'],
    ] as const) {
      await visitor.get('/')
      expect(store.size).toBe(1)
      expect(await visitor.text(path)).toBe(seen)
      expect([store.size, visitor.cookies()]).toEqual([0, []])
    }
    expect(refusal('unset')).toMatch(/ends the session/)
  })

  it('req.session', async () => {
    const { visitor } = await serveExpress(make, stored().sessions, {
      '/': (req, res) => {
        const { session } = req
        if (session.views) {
          session.views = (session.views as number) + 1
          ;(session.nested as { list: number[] }).list.push(1)
        } else {
          session.views = 1
          session.nested = { list: [] }
        }
        res.json({ ...session, keys: Object.keys(session), own: Object.hasOwn(session, 'views') })
      },
      '/remove': (req, res) => {
        delete req.session.nested
        res.json(req.session)
      },
      '/read': read,
    })
    await visitor.get('/')
    await visitor.get('/')
    expect(await (await visitor.get('/')).json()).toEqual({
      views: 3,
      nested: { list: [1, 1] },
      keys: ['views', 'nested'],
      own: true,
    })
    await visitor.get('/remove')
    expect(await visitor.text('/read')).toBe('{"views":3}')
  })

  it('Session.regenerate(callback)', async () => {
    const { sessions, store } = stored()
    const { visitor } = await serveExpress(make, sessions, {
      '/': count,
      '/id': id,
      '/callback': (req, res) => {
        const before = req.session
        void req.session.regenerate((error) => {
          req.session.user = 'ada'
          res.json({ error, changed: before !== req.session, former: { ...before }, now: { ...req.session } })
        })
      },
      '/promise': async (req, res) => {
        await req.session.regenerate()
        res.json(req.session)
      },
    })
    await visitor.get('/')
    const [former, stolen] = [await visitor.text('/id'), visitor.steal()]
    expect(await (await visitor.get('/callback')).json()).toEqual({
      changed: true,
      former: { views: 1 },
      now: { user: 'ada' },
    })
    expect(await visitor.text('/id')).not.toBe(former)
    expect([store.size, await stolen.text('/')]).toEqual([1, '1'])
    expect(await visitor.text('/promise')).toBe('{}')
    expect(visitor.cookies()).toEqual([])
  })

  it('Session.destroy(callback)', async () => {
    let down = false
    const memory = new MemoryStore()
    const store = faultyStore(memory, ({ method }) => (down && method === 'delete' ? 'throw' : undefined))
    const { sessions } = stored({ store, clock: Date.now })
    const { visitor, errors } = await serveExpress(make, sessions, {
      '/': count,
      '/callback': (req, res) => {
        void req.session.destroy((error) => res.status(error ? 503 : 200).send(String(req.session)))
      },
      '/promise': async (req, res) => {
        await req.session.destroy()
        res.redirect('/none')
      },
      '/forget': (req, res) => {
        void req.session.destroy()
        res.send('bye')
      },
      '/none': read,
    })
    for (const path of ['/callback', '/promise', '/forget']) {
      await visitor.get('/')
      expect(memory.size).toBe(1)
      expect((await visitor.get(path)).status).toBe(200)
      expect([memory.size, visitor.cookies()]).toEqual([0, []])
    }
    await visitor.get('/')
    down = true
    // the callback hears of it; the response’s own save fails, too, and the browser forgets the session all the same
    const failed = await visitor.get('/callback')
    expect([failed.status, visitor.cookies()]).toEqual([500, []])
    expect(errors).toEqual([expect.objectContaining({ code: 'store_unavailable' })])
  })

  it('Session.reload(callback)', async () => {
    const { sessions } = stored()
    const waiting: (() => void)[] = []
    const { visitor } = await serveExpress(make, sessions, {
      '/': count,
      '/end': (req, res) => void req.session.destroy(() => res.end()),
      '/callback': (req, res) => {
        const before = req.session
        if (req.query.change) req.session.views = 70
        waiting.push(() => {
          void req.session.reload((error) => {
            res.json({
              error: (error as Error | undefined)?.name,
              other: before !== req.session,
              ...req.session,
            })
          })
        })
      },
      '/promise': async (req, res) => {
        req.session.views = 70
        await req.session.reload()
        res.json(req.session)
      },
    })
    await visitor.get('/')
    const during = async (path: string, query: string): Promise<unknown> => {
      const slow = visitor.get(`/callback${query}`)
      while (waiting.length === 0) await new Promise(setImmediate)
      await visitor.clone().get(path)
      waiting.shift()?.()
      return (await slow).json()
    }
    expect(await during('/', '?change=1')).toEqual({ other: true, views: 2 })
    expect(await visitor.text('/promise')).toBe('{"views":2}')
    expect(await during('/end', '')).toMatchObject({ error: 'SessionError' })
  })

  it('Session.save(callback)', async () => {
    const { sessions, store } = stored()
    const { visitor } = await serveExpress(make, sessions, {
      '/callback': (req, res) => {
        views(req)
        void req.session.save((error) => {
          views(req)
          res.json({ error, records: store.size })
        })
      },
      '/promise': async (req, res) => {
        views(req)
        await req.session.save()
        views(req)
        await req.session.save()
        res.json(req.session)
      },
      '/neither': (req, res) => {
        views(req)
        void req.session.save()
        views(req)
        res.redirect('/read')
      },
      '/read': read,
    })
    const first = await visitor.get('/callback')
    expect([await first.json(), first.headers.getSetCookie().length]).toEqual([{ records: 1 }, 1])
    expect(await visitor.text('/promise')).toBe('{"views":4}')
    expect(await visitor.text('/neither')).toBe('{"views":6}')
  })

  it('tells whoever gives a callback of a failure there alone, though the handler returns what it gets', async () => {
    const { visitor, errors } = await serveExpress(make, stored().sessions, {
      '/reload': (req, res) => req.session.reload((error) => res.send((error as Error).name)),
      '/save': (req, res) => {
        req.session.views = Number.NaN
        return req.session.save((error) => {
          delete req.session.views
          res.send((error as { code: string } & Error).code)
        })
      },
    })
    expect(await visitor.text('/reload')).toBe('SessionError')
    expect(await visitor.text('/save')).toBe('invalid_data')
    await new Promise(setImmediate)
    expect(errors).toEqual([])
  })

  it('Session.touch()', async () => {
    const { sessions, clock } = stored({ idleTimeout: '1h', renewAfter: '5m' })
    const { visitor } = await serveExpress(make, sessions, {
      '/': count,
      '/touch': (req, res) => void res.send(String(req.session.touch() === req.session)),
      '/read': read,
    })
    await visitor.get('/')
    clock.advance('50m')
    expect(await visitor.text('/touch')).toBe('true')
    clock.advance('50m')
    expect(await visitor.text('/read')).toBe('{"views":1}')
  })

  it('req.session.id', async () => {
    const { visitor } = await serveExpress(make, stored().sessions, {
      '/': (req, res) => {
        views(req)
        res.send(`${req.session.id} ${req.session.id === req.sessionID}`)
      },
      '/set': (req) => {
        Object.assign(req.session, { id: 'mine' })
      },
    })
    const first = await visitor.text('/')
    expect(first).toMatch(/^[\w-]{22} true$/)
    expect(await visitor.text('/')).toBe(first)
    expect((await visitor.get('/set')).status).toBe(500)
  })

  it('req.session.cookie', async () => {
    const { sessions } = sealed()
    const { visitor } = await serveExpress(make, sessions, {
      '/': (req, res) => {
        views(req)
        req.session.cookie.expires = false
        res.json(req.session.cookie)
      },
      '/secure': (req) => {
        Object.assign(req.session.cookie, { secure: false })
      },
    })
    const response = await visitor.get('/')
    expect(cookieOf(response)).not.toContain('Max-Age')
    expect(await response.json()).toEqual({ maxAge: null, expires: null, originalMaxAge: null })
    visitor.restart()
    expect(visitor.cookies()).toEqual([])
    expect((await visitor.get('/secure')).status).toBe(500)
  })

  it('Cookie.maxAge', async () => {
    const { sessions, clock } = stored()
    const { visitor } = await serveExpress(make, sessions, {
      '/': (req, res) => {
        views(req)
        req.session.cookie.maxAge = HOUR
        res.send(String(req.session.cookie.maxAge))
      },
      '/read': (req, res) => void res.send(String(req.session.cookie.maxAge)),
      '/end': (req) => {
        req.session.cookie.maxAge = 0
      },
    })
    const first = await visitor.get('/')
    expect([await first.text(), cookieOf(first)]).toEqual([String(HOUR), expect.stringContaining('Max-Age')])
    clock.advance('60s')
    expect(await visitor.text('/read')).toBe(String(HOUR - 60_000))
    // the same again on every request takes no new token
    expect(cookieOf(await visitor.get('/'))).toBeUndefined()
    clock.advance('59m')
    expect(await visitor.text('/read')).toBe(String(60_000))
    expect((await visitor.get('/end')).status).toBe(500)
    clock.advance('1m')
    expect(await visitor.text('/read')).not.toBe('0')
  })

  it('Cookie.maxAge and Cookie.expires of another type are refused, not taken for none', async () => {
    const { sessions } = sealed()
    const wrong: Readonly<Record<string, object>> = {
      text: { maxAge: '3600000' },
      date: { maxAge: new Date(0) },
      yes: { maxAge: true },
      when: { expires: 'Wed, 21 Oct 2065 07:28:00 GMT' },
    }
    const { visitor, errors } = await serveExpress(make, sessions, {
      '/cookie/:which': (req) => void Object.assign(req.session.cookie, wrong[req.params.which as string]),
      '/options/:which': (req) => void Object.assign(req.sessionOptions, wrong[req.params.which as string]),
    })
    for (const where of ['cookie', 'options'])
      for (const which of Object.keys(wrong))
        expect((await visitor.get(`/${where}/${which}`)).status).toBe(500)
    expect(errors).toEqual(Array(8).fill(expect.objectContaining({ code: 'config' })))
    expect((errors as Error[])[0]?.message).toContain('milliseconds')
  })

  it('Cookie.originalMaxAge', async () => {
    const { sessions, clock } = stored({ idleTimeout: '2h' })
    const { visitor } = await serveExpress(make, sessions, {
      '/': (req, res) => {
        views(req)
        res.send(String(req.session.cookie.originalMaxAge))
      },
    })
    expect(await visitor.text('/')).toBe(String(2 * HOUR))
    clock.advance('60s')
    expect(await visitor.text('/')).toBe(String(2 * HOUR))
  })

  it('req.sessionID', async () => {
    const { visitor } = await serveExpress(make, stored().sessions, {
      '/': (req, res) => {
        views(req)
        res.send(req.sessionID)
      },
      '/set': (req) => {
        Object.assign(req, { sessionID: 'mine' })
      },
    })
    const first = await visitor.text('/')
    expect(await visitor.text('/')).toBe(first)
    expect((await visitor.get('/set')).status).toBe(500)
  })
})

/** What the store holds of a visitor's session. */
async function records(
  store: MemoryStore,
  sessions: SessionManager,
  visitor: { cookies(): readonly { name: string; value: string }[] },
) {
  const [cookie] = visitor.cookies()
  const headers = { cookie: `${cookie?.name}=${cookie?.value}` }
  const session = await sessions.load(new Request('http://127.0.0.1/', { headers }))
  return store.get(session.id)
}
