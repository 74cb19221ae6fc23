import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { setCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'
import { stream, streamText } from 'hono/streaming'
import { describe, expect, it } from 'vitest'
import { type SessionEnv, session } from '../../src/hono.ts'
import type { SessionError, SessionManager } from '../../src/index.ts'
import { browser, type Visitor } from '../../src/testing.ts'
import { backings, COOKIE, caching, cookiesSet, type Data, ORIGIN, type World, world } from './world.ts'

type Env = SessionEnv<SessionManager<Data>>
type Handler = (c: Context<Env>) => Response | Promise<Response>

/** An app whose `/` counts, `/login` signs in, `/untouched` looks away; and whatever a test adds. */
function counter({ sessions }: World, add: (app: Hono<Env>) => void = () => undefined): Hono<Env> {
  const app = new Hono<Env>()
  app.use(session(sessions))
  app.get('/', (c) => {
    const { data } = c.var.session
    data.visits = (data.visits ?? 0) + 1
    return c.text(String(data.visits))
  })
  app.get('/read', (c) => c.text(`${c.var.session.data.visits ?? 0}`))
  app.get('/untouched', (c) => c.text('untouched'))
  app.get('/login', (c) => {
    c.var.session.login('ada')
    return c.redirect('/read')
  })
  add(app)
  return app
}

async function returning(app: Hono<Env>): Promise<Visitor> {
  const visitor = browser(app)
  await visitor.get('/')
  return visitor
}

const silent = (app: Hono<Env>): Hono<Env> =>
  app.onError((error, c) => c.text(`caught ${(error as Partial<SessionError>).code ?? error.message}`, 500))

describe.each(backings)('%s: keepsake/hono', (backing) => {
  it('remembers', async () => {
    const visitor = browser(counter(world(backing)))
    expect([await visitor.text('/'), await visitor.text('/'), await visitor.text('/read')]).toEqual([
      '1',
      '2',
      '2',
    ])
  })

  it('P1 gives an untouched request its very response', async () => {
    const constant = new Response('constant', { headers: { 'cache-control': 'public' } })
    const app = counter(world(backing), (app) => app.get('/constant', () => constant))
    const visitor = await returning(app)
    const cookie = `${COOKIE}=${visitor.cookie(COOKIE)?.value}`
    for (const headers of [{}, { cookie }]) {
      expect(await app.request(`${ORIGIN}/constant`, { headers })).toBe(constant)
    }
    expect([...constant.headers.keys()]).toEqual(['cache-control', 'content-type'])
  })

  it('P1 makes no store call for a visitor who never came', async () => {
    const { calls, sessions, events, fault } = world(backing)
    const app = counter({ calls, sessions, events, fault })
    for (const path of ['/untouched', '/read', '/nowhere']) await app.request(ORIGIN + path)
    expect(calls).toEqual([])
  })

  it('P2 P16 writes nothing where it only reads, and says that it varies', async () => {
    const made = world(backing)
    const visitor = await returning(counter(made))
    made.calls.length = 0
    const response = await visitor.get('/read')
    expect(cookiesSet(response)).toEqual([])
    expect(caching(response)).toEqual([null, 'Cookie'])
    expect(made.calls).toEqual(backing === 'sealed' ? [] : ['get'])
  })

  it('P16 keeps what sets a cookie out of caches', async () => {
    const app = counter(world(backing), (app) =>
      app.get('/public', (c) => {
        c.var.session.data.note = 'x'
        return c.text('', 200, { 'cache-control': 'public, max-age=60', 'cdn-cache-control': 'max-age=60' })
      }),
    )
    const response = await browser(app).get('/public')
    expect(caching(response)).toEqual(['no-store', null])
    expect(response.headers.has('cdn-cache-control')).toBe(false)
  })

  it('P14 P15 leaves other cookies and headers as they were', async () => {
    const app = counter(world(backing), (app) =>
      app.get('/others', (c) => {
        setCookie(c, 'theme', 'dark')
        c.header('x-mine', '1')
        c.var.session.data.note = 'x'
        return c.text('others', 201)
      }),
    )
    const response = await browser(app).get('/others')
    expect(cookiesSet(response)).toEqual(['theme', COOKIE])
    expect([response.status, response.headers.get('x-mine'), await response.text()]).toEqual([
      201,
      '1',
      'others',
    ])
  })

  it('P15 follows c.redirect', async () => {
    const visitor = browser(counter(world(backing)))
    const response = await visitor.get('/login', { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/read'])
    expect(cookiesSet(response)).toEqual([COOKIE])
  })

  it.each<[string, () => Response]>([
    ['Response.redirect', () => Response.redirect(`${ORIGIN}/read`, 303)],
    ['Response.json', () => Response.json({}, { status: 418 })],
    ['204', () => new Response(null, { status: 204 })],
    ['304', () => new Response(null, { status: 304 })],
  ])('P15 puts its cookie on %s', async (_, respond) => {
    const app = counter(world(backing), (app) =>
      app.get('/it', (c) => {
        c.var.session.data.note = 'x'
        return respond()
      }),
    )
    const response = await browser(app).get('/it', { redirect: 'manual' })
    expect(response.status).toBe(respond().status)
    expect(cookiesSet(response)).toEqual([COOKIE])
  })

  it('P15 never changes a response that visitors share', async () => {
    const constant = new Response(null, { headers: { 'x-shared': '1' } })
    const app = counter(world(backing), (app) =>
      app.get('/shared', (c) => {
        c.var.session.data.visits = 1
        return constant
      }),
    )
    const responses = [await app.request(`${ORIGIN}/shared`), await app.request(`${ORIGIN}/shared`)]
    expect(responses.map(cookiesSet)).toEqual([[COOKIE], [COOKIE]])
    expect([...constant.headers.keys()]).toEqual(['x-shared'])
  })

  it('P15 streams, without waiting for the end', async () => {
    let finish: () => void = () => undefined
    const last = new Promise<void>((resolve) => {
      finish = resolve
    })
    const app = counter(world(backing), (app) =>
      app.get('/stream', (c) => {
        c.var.session.data.note = 'x'
        return streamText(c, async (text) => {
          await text.write('first ')
          await last
          await text.write('last')
        })
      }),
    )
    const response = await browser(app).get('/stream')
    expect(cookiesSet(response)).toEqual([COOKIE])
    finish()
    expect(await response.text()).toBe('first last')
  })

  it.each([
    ['', { lazy: false, thrown: false }],
    [' when lazy', { lazy: true, thrown: false }],
    [' of a thrown Response', { lazy: true, thrown: true }],
  ])('P1 tells a stream%s that its first look comes too late', async (_, { lazy, thrown }) => {
    const seen: unknown[] = []
    const look = async (session: unknown): Promise<void> => {
      const late = typeof session === 'function' ? await session() : session
      try {
        seen.push(late.data)
      } catch (error) {
        seen.push((error as SessionError).code)
      }
    }
    let leave: () => void = () => undefined
    const left = new Promise<void>((resolve) => {
      leave = resolve
    })
    const app = new Hono().use(session(world(backing).sessions, { lazy })).get('/', (c) => {
      const response = stream(c, async () => {
        await left
        await look(c.var.session)
      })
      if (thrown) throw response
      return response
    })
    const response = await app.request(`${ORIGIN}/`)
    leave()
    await response.text()
    expect(seen).toEqual(['too_late'])
  })

  it('P16 adds to what the response varies on already', async () => {
    const app = counter(world(backing), (app) =>
      app.get('/vary', (c) => c.text(`${c.var.session.isNew}`, 200, { vary: 'Accept' })),
    )
    expect(caching(await browser(app).get('/vary'))).toEqual([null, 'Accept, Cookie'])
  })

  it('P15 leaves the very response of a socket, and puts a cookie on it', async () => {
    const socket = (headers: Headers) => ({ status: 101, headers, bodyUsed: false }) as unknown as Response
    const immutable = socket(Response.redirect(ORIGIN).headers)
    const mutable = socket(new Headers())
    const app = counter(world(backing), (app) =>
      app
        .get('/reads', (c) => (c.var.session.isNew ? immutable : c.text('')))
        .get('/writes', (c) => {
          c.var.session.data.visits = 1
          return mutable
        }),
    )
    expect(await app.request(`${ORIGIN}/reads`)).toBe(immutable)
    expect(await app.request(`${ORIGIN}/writes`)).toBe(mutable)
    expect(cookiesSet(mutable)).toEqual([COOKIE])
  })

  it('P9 logs out, first thing', async () => {
    const app = counter(world(backing), (app) =>
      app.get('/logout', (c) => {
        c.var.session.destroy()
        return c.redirect('/read')
      }),
    )
    const visitor = await returning(app)
    expect(cookiesSet(await visitor.get('/logout', { redirect: 'manual' }))[0]).toBe(`-${COOKIE}`)
    expect(visitor.cookie(COOKIE)).toBeUndefined()
    expect(await visitor.text('/read')).toBe('0')
  })
})

describe.each(backings)('%s: a handler that throws', (backing) => {
  const throwing = (what: unknown, before: (c: Context<Env>) => void): Handler => {
    return (c) => {
      before(c)
      throw what
    }
  }
  const write = (c: Context<Env>): void => {
    c.var.session.data.visits = 99
    c.var.session.login('ada')
  }
  const destroy = (c: Context<Env>): void => c.var.session.destroy()

  it.each([
    ['an Error', new Error('boom')],
    ['an HTTPException', new HTTPException(401, { message: 'no' })],
  ])('P12 saves nothing after %s', async (_, error) => {
    const made = world(backing)
    const app = silent(counter(made, (app) => app.get('/throw', throwing(error, write))))
    const visitor = await returning(app)
    made.calls.length = 0
    const response = await visitor.get('/throw')
    expect([response.status, cookiesSet(response)]).toEqual([500, []])
    expect(made.calls.filter((call) => call !== 'get')).toEqual([])
    expect(await visitor.text('/read')).toBe('1')
  })

  it.each(['app', 'default'])('P12 still logs out, whoever answers: the %s', async (who) => {
    const error = new HTTPException(401, { message: 'no' })
    const app = counter(world(backing), (app) => app.get('/throw', throwing(error, destroy)))
    const visitor = await returning(who === 'app' ? silent(app) : app)
    const response = await visitor.get('/throw')
    expect(response.status).toBe(who === 'app' ? 500 : 401)
    expect(cookiesSet(response)[0]).toBe(`-${COOKIE}`)
    expect(await visitor.text('/read')).toBe('0')
  })

  it('P12 commits an HTTPException that brings its response', async () => {
    const app = counter(world(backing), (app) =>
      app.get('/throw', (c) => {
        write(c)
        throw new HTTPException(403, { res: new Response('mine', { headers: { 'x-mine': '1' } }) })
      }),
    )
    const visitor = await returning(app)
    const response = await visitor.get('/throw')
    expect([response.status, response.headers.get('x-mine'), await response.text()]).toEqual([
      403,
      '1',
      'mine',
    ])
    expect(await visitor.text('/read')).toBe('99')
  })

  it.each([false, true])('P12 commits a thrown Response (headers set before: %s)', async (early) => {
    const app = new Hono<Env>()
    if (early) {
      app.use(cors({ origin: '*' }), async (c, next) => {
        setCookie(c, 'theme', 'dark')
        c.header('cache-control', 'public')
        await next()
      })
    }
    app.route(
      '/',
      counter(world(backing), (app) =>
        app.get('/throw', (c) => {
          write(c)
          throw new Response('mine', { status: 409, headers: { 'set-cookie': 'own=1' } })
        }),
      ),
    )
    const visitor = await returning(app)
    const response = await visitor.get('/throw')
    expect([response.status, await response.text()]).toEqual([409, 'mine'])
    expect(cookiesSet(response).sort()).toEqual([COOKIE, 'own', ...(early ? ['theme'] : [])])
    expect(caching(response)[0]).toBe('no-store')
    expect(await visitor.text('/read')).toBe('99')
  })

  it.each([
    ['saves nothing', write, [], '1'],
    ['still logs out', destroy, [`-${COOKIE}`], '0'],
  ])('P12 %s after a notFound that throws', async (_, before, cookies, visits) => {
    const app = silent(counter(world(backing)))
    app.notFound((c) => {
      before(c as Context<Env>)
      throw new Error('boom')
    })
    const visitor = await returning(app)
    const response = await visitor.get('/nowhere')
    expect([await response.text(), cookiesSet(response).slice(0, 1)]).toEqual(['caught boom', cookies])
    expect(await visitor.text('/read')).toBe(visits)
  })

  it('P12 rejects with what is no Error, as Hono does, saves nothing and still logs out', async () => {
    const made = world(backing)
    const app = counter(made, (app) =>
      app.get('/throw', throwing('text', write)).get('/forget', throwing('text', destroy)),
    )
    const visitor = await returning(app)
    await expect(visitor.get('/throw')).rejects.toBe('text')
    expect(await visitor.text('/read')).toBe('1')
    await expect(visitor.get('/forget')).rejects.toBe('text')
    expect(made.calls.includes('delete')).toBe(backing === 'stored')
  })

  it('P12 saves nothing where a Response is thrown that Hono can answer with no more', async () => {
    const late = new Response('late')
    const app = new Hono<Env>()
    const { sessions } = world(backing)
    app.use('/late', session(sessions), async (_c, next) => {
      await next()
      throw late
    })
    app.get('/late', (c) => {
      write(c)
      return c.text('page')
    })
    const visitor = browser(app.route('/', counter({ ...world(backing), sessions })))
    await visitor.get('/')
    await expect(visitor.get('/late')).rejects.toBe(late)
    expect(await visitor.text('/read')).toBe('1')
  })

  it('lets onError read the session, and marks what it says of it', async () => {
    const app = counter(world(backing), (app) =>
      app.get(
        '/throw',
        throwing(new Error('boom'), () => undefined),
      ),
    )
    app.onError((_error, c) => c.text(`visits: ${(c as Context<Env>).var.session.data.visits}`, 500))
    const response = await (await returning(app)).get('/throw')
    expect([await response.text(), caching(response)]).toEqual(['visits: 1', [null, 'Cookie']])
  })
})

describe.each(backings)('%s: a save that fails', (backing) => {
  it('P6 P17 reaches onError, and no response with a dead cookie leaves', async () => {
    const app = silent(
      counter(world(backing), (app) =>
        app.get('/unfit', (c) => {
          c.var.session.data.visits = Number.NaN
          return c.text('fine', 200, { 'cache-control': 'public' })
        }),
      ),
    )
    const visitor = await returning(app)
    const response = await visitor.get('/unfit')
    expect([response.status, await response.text()]).toEqual([500, 'caught invalid_data'])
    expect([cookiesSet(response), caching(response)[0]]).toEqual([[], 'no-store'])
    expect(await visitor.text('/read')).toBe('1')
  })

  it('still logs out, though what was written after the destroy does not fit', async () => {
    const app = silent(
      counter(world(backing), (app) =>
        app.get('/unfit', (c) => {
          c.var.session.destroy()
          c.var.session.data.visits = Number.NaN
          return c.text('fine')
        }),
      ),
    )
    const visitor = await returning(app)
    const response = await visitor.get('/unfit')
    expect([response.status, cookiesSet(response)[0]]).toEqual([500, `-${COOKIE}`])
    expect(await visitor.text('/read')).toBe('0')
  })
})

describe('a store that is down', () => {
  const down = (): { made: World; app: Hono<Env> } => {
    const made = world('stored')
    const leave = (c: Context<Env>): Response => {
      c.var.session.destroy()
      made.fault.now = 'throw'
      return c.text('bye')
    }
    const app = counter(made, (app) =>
      app.get('/logout', leave).get('/leave', (c) => {
        throw leave(c)
      }),
    )
    app.onError((error) => new Response(`caught ${(error as SessionError).code}`, { status: 500 }))
    return { made, app }
  }

  it('P27 reaches onError from load', async () => {
    const { made, app } = down()
    const visitor = await returning(app)
    made.fault.now = 'throw'
    expect(await visitor.text('/read')).toBe('caught store_unavailable')
  })

  it.each(['/logout', '/leave'])('P27 rejects a destroy, and still expires the cookie: %s', async (path) => {
    const { app } = down()
    const visitor = await returning(app)
    const response = await visitor.get(path)
    expect([response.status, await response.text()]).toEqual([500, 'caught store_unavailable'])
    expect(cookiesSet(response)).toEqual([`-${COOKIE}`])
    expect(caching(response)[0]).toBe('no-store')
  })
})

describe.each(backings)('%s: several mounts', (backing) => {
  it('passes through the second, and commits once', async () => {
    const made = world(backing)
    const inner = new Hono<Env>()
    inner.use(session(made.sessions))
    inner.get('/', (c) => {
      c.var.session.data.visits = 1
      return c.text('inner')
    })
    const app = new Hono<Env>()
    app.use(session(made.sessions), bodyLimit({ maxSize: 10 }), async (c, next) => {
      const before = c.var.session
      await next()
      expect(c.var.session).toBe(before)
      c.var.session.data.note = 'after the inner mount'
    })
    app.route('/inner', inner)
    app.post('/inner', session(made.sessions), (c) => {
      c.var.session.data.visits = 2
      return c.text('posted')
    })
    const visitor = browser(app)
    expect(cookiesSet(await visitor.get('/inner'))).toEqual([COOKIE])
    expect((await visitor.post('/inner', { a: '1' })).status).toBe(200)
    expect(made.calls).toEqual(backing === 'sealed' ? [] : ['create', 'get', 'update'])
    expect(made.events).toEqual([])
  })

  it('keeps several managers apart, each under its name', async () => {
    const [users, admins] = [world(backing), world(backing, '__Host-admin')]
    const app = new Hono()
      .use(session(users.sessions), session(admins.sessions, { name: 'admin' }))
      .get('/', (c) => {
        c.var.session.data.note = 'user'
        c.var.admin.data.note = 'admin'
        return c.text('')
      })
      .get('/read', (c) => c.text(`${c.var.session.data.note} ${c.var.admin.data.note}`))
      .get('/admin', (c) => {
        c.var.admin.login('root')
        return c.text('')
      })
    const visitor = browser(app)
    expect(cookiesSet(await visitor.get('/')).sort()).toEqual([COOKIE, '__Host-admin'].sort())
    expect(await visitor.text('/read')).toBe('user admin')
    expect(cookiesSet(await visitor.get('/admin'))).toEqual(['__Host-admin'])
  })

  it('lets a sub-app handle its own errors', async () => {
    const made = world(backing)
    const inner = silent(new Hono<Env>())
    inner.get('/', (c) => {
      c.var.session.data.visits = 99
      throw new Error('boom')
    })
    const app = counter(made, (app) => app.route('/inner', inner))
    const visitor = await returning(app)
    expect(await visitor.text('/inner')).toBe('caught boom')
    expect(await visitor.text('/read')).toBe('1')
  })
})

describe.each(backings)('%s: lazy', (backing) => {
  const lazily = (made: World) =>
    new Hono()
      .use(session(made.sessions, { lazy: true }))
      .get('/', async (c) => {
        const { data } = await c.var.session()
        data.visits = (data.visits ?? 0) + 1
        return c.text(String(data.visits))
      })
      .get('/unwaited', (c) => {
        c.var.session().then((session) => {
          session.data.visits = 50
        })
        return c.text('')
      })
      .get('/public', (c) => c.text('public'))
      .get('/twice', session(made.sessions, { lazy: true }), async (c) => {
        expect(await c.var.session()).toBe(await c.var.session())
        return c.text('')
      })

  it('P1 makes no store call where it is never called', async () => {
    const made = world(backing)
    const visitor = browser(lazily(made))
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1', '2'])
    made.calls.length = 0
    const response = await visitor.get('/public')
    expect([made.calls, cookiesSet(response), caching(response)]).toEqual([[], [], [null, null]])
  })

  it('waits for a call under way before it commits', async () => {
    const visitor = browser(lazily(world(backing)))
    await visitor.get('/unwaited')
    expect(await visitor.text('/')).toBe('51')
  })

  it('lets a handler do without, when the store is down', async () => {
    const made = world('stored')
    const app = lazily(made).get('/without', async (c) => {
      const session = await c.var.session().catch(() => undefined)
      return c.text(session ? 'with' : 'without')
    })
    const visitor = browser(app)
    await visitor.get('/')
    made.fault.now = 'throw'
    expect(await visitor.text('/without')).toBe('without')
  })

  it('gives the same session to every caller', async () => {
    expect((await browser(lazily(world(backing))).get('/twice')).status).toBe(200)
  })
})

describe.each(backings)('%s: a manager made of the bindings', (backing) => {
  it('is made once for each env', async () => {
    const { sessions } = world(backing)
    const made: unknown[] = []
    const managerOf = (env: { region: string }) => {
      made.push(env)
      return sessions
    }
    const app = new Hono<{ Bindings: { region: string } }>()
      .use(session(managerOf))
      .get('/', (c) => c.text(c.var.session.id))
    const [one, two] = [{ region: 'one' }, { region: 'two' }]
    for (const env of [one, two, one]) await app.request('/', {}, env)
    expect(made).toEqual([one, two])
    await app.request('/')
    await app.request('/')
    expect(made).toEqual([one, two, undefined])
  })
})

describe.each(backings)('%s: cookie-dropped', (backing) => {
  it('is reported when a handler commits and returns another response, and the cookie is put back', async () => {
    const made = world(backing)
    const app = counter(made, (app) =>
      app.get('/dropped', async (c) => {
        c.var.session.data.note = 'x'
        await made.sessions.commit(c.var.session, c.text('committed'))
        return c.text('another')
      }),
    )
    const response = await browser(app).get('/dropped')
    expect([await response.text(), cookiesSet(response), made.events]).toEqual([
      'another',
      [COOKIE],
      ['cookie-dropped'],
    ])
  })

  it('is not, when that response is returned', async () => {
    const made = world(backing)
    const app = counter(made, (app) =>
      app.get('/committed', async (c) => {
        c.var.session.data.note = 'x'
        return made.sessions.commit(c.var.session, c.text('committed'))
      }),
    )
    const response = await browser(app).get('/committed')
    expect([cookiesSet(response), made.events]).toEqual([[COOKIE], []])
  })
})
