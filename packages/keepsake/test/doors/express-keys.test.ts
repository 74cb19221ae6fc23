import { inspect } from 'node:util'
import express from 'express'
import { expect, it } from 'vitest'
import type { Session } from '../../src/index.ts'
import { type ExpressSession, expressSession, session } from '../../src/node.ts'
import { type ExpressHandler, type ExpressReq, sealed, serveExpress, stored } from './express-kit.ts'
import { listen, visitorOf } from './node-servers.ts'

const MEMBERS = [
  'id',
  'cookie',
  'isNew',
  'isChanged',
  'isPopulated',
  'regenerate',
  'destroy',
  'save',
  'reload',
  'touch',
  'hasOwnProperty',
]

const ways: Readonly<Record<string, (req: ExpressReq, key: string) => void>> = {
  'by assignment': (req, key) => {
    req.session[key] = 'x'
  },
  'by Object.defineProperty': (req, key) => {
    Object.defineProperty(req.session, key, { value: 'x', enumerable: true })
  },
  'as the whole': (req, key) => {
    req.session = JSON.parse(`{ "${key}": "x" }`)
  },
}

it.each(
  Object.keys(ways).flatMap((way) => [...MEMBERS, '__proto__'].map((key) => [key, way] as const)),
)('refuses data under %s, %s', async (key, way) => {
  const { visitor, errors } = await serveExpress(express, sealed().sessions, {
    '/': (req, res) => {
      ways[way]?.(req, key)
      res.send('kept')
    },
  })
  expect((await visitor.get('/')).status).toBe(500)
  expect(errors).toEqual([expect.objectContaining({ code: 'invalid_data', path: `data.${key}` })])
})

it.each([
  'flash',
  'passport',
  'constructor',
  'toString',
  'then',
  'length',
  '0',
  'ünï',
])('keeps data under %s', async (key) => {
  const { visitor } = await serveExpress(express, sealed().sessions, {
    '/': (req, res) => {
      req.session[key] = { a: [1] }
      res.send('kept')
    },
    '/read': (req, res) => void res.json([{ ...req.session }, req.session[key], req.session.absent]),
  })
  await visitor.get('/')
  expect(await (await visitor.get('/read')).json()).toEqual([{ [key]: { a: [1] } }, { a: [1] }, null])
})

it('reads nothing that nobody wrote', async () => {
  const { visitor } = await serveExpress(express, sealed().sessions, {
    '/': (req, res) => {
      const keys = ['constructor', 'toString', '__proto__', 'valueOf'] as const
      res.json(keys.map((key) => req.session[key] === undefined))
    },
  })
  expect(await visitor.text('/')).toBe('[true,true,true,true]')
})

it('leaves what session() keeps under the name of a member where it is, unseen', async () => {
  const { sessions } = stored()
  const both = express()
  both.use(session(sessions))
  both.get('/own', (req, res) => {
    const { data } = (req as unknown as { session: { data: Record<string, unknown> } }).session
    if (req.query.save) data.save = req.query.save
    res.json(data)
  })
  const { visitor, port } = await serveExpress(express, sessions, {
    '/': (req, res) => {
      req.session.views = 1
      res.send(typeof req.session.save)
    },
  })
  const own = visitorOf(await listen(both))
  await own.get('/own?save=me')
  const headers = { cookie: `session=${own.cookie('session')?.value}` }
  expect(port).toBeGreaterThan(0)
  expect(await visitor.text('/', { headers })).toBe('function')
  expect(await own.text('/own')).toBe('{"save":"me","views":1}')
})

it('P13 says so when something is set after the response has left', async () => {
  const late: unknown[] = []
  const { visitor } = await serveExpress(express, sealed().sessions, {
    '/': (req, res) => {
      req.session.views = 1
      res.once('finish', () => {
        for (const set of [
          () => {
            req.session.views = 2
          },
          () => {
            req.session = null
          },
        ]) {
          try {
            set()
          } catch (error) {
            late.push((error as { code: unknown }).code)
          }
        }
        void req.session?.save((error) => late.push((error as { code: unknown } | undefined)?.code))
      })
      res.send('1')
    },
    '/read': (req, res) => void res.json(req.session),
  })
  await visitor.get('/')
  expect(await visitor.text('/read')).toBe('{"views":1}')
  expect(late).toEqual(['too_late', 'too_late', 'too_late'])
})

it('P12 a handler that throws changes nothing but what it saved before, and its cookie still leaves', async () => {
  const { visitor } = await serveExpress(express, stored().sessions, {
    '/': async (req) => {
      req.session.saved = true
      await req.session.save()
      req.session.later = true
      throw new Error('boom')
    },
    '/read': (req, res) => void res.json(req.session),
  })
  const response = await visitor.get('/')
  expect([response.status, response.headers.getSetCookie().length]).toEqual([500, 1])
  expect(await visitor.text('/read')).toBe('{"saved":true}')
})

it('P1 a session that is not looked at costs nothing', async () => {
  const { sessions, store } = stored()
  const { visitor } = await serveExpress(express, sessions, { '/': (_req, res) => void res.end('untouched') })
  const { headers } = await visitor.get('/')
  expect([headers.get('vary'), headers.get('cache-control'), store.size]).toEqual([null, null, 0])
})

it('mounted twice, the first counts', async () => {
  const { sessions } = stored()
  const app = express()
  let between: unknown
  app.use(expressSession(sessions))
  app.use((req, _res, next) => {
    between = (req as unknown as ExpressReq).session
    next()
  })
  app.use(expressSession(sessions))
  app.get('/', (req, res) => {
    const { session } = req as unknown as ExpressReq
    session.views = ((session.views as number | undefined) ?? 0) + 1
    res.json([session, between === session])
  })
  const visitor = visitorOf(await listen(app))
  await visitor.get('/')
  expect(await visitor.text('/')).toBe('[{"views":2},true]')
})

it('stands beside session(): each handler sees what is mounted before it', async () => {
  const { sessions, store } = stored()
  const app = express()
  app.use(expressSession(sessions))
  app.post('/login', session(sessions), (req, res) => {
    const own = req as unknown as { session: Session }
    own.session.data.views = 1
    own.session.login('ada')
    res.end()
  })
  app.get('/', (req, res) => void res.json((req as unknown as ExpressReq).session))
  app.post('/lazily', session(sessions, { lazy: true }), async (req, res) => {
    const own = await (req as unknown as { session: () => Promise<Session> }).session()
    res.json(own.data)
  })
  app.post('/logout', (req, res) => {
    Reflect.deleteProperty(req, 'session')
    res.end()
  })
  const visitor = visitorOf(await listen(app))
  await visitor.post('/login')
  expect(await visitor.text('/')).toBe('{"views":1}')
  expect(await (await visitor.post('/lazily')).json()).toEqual({ views: 1 })
  expect(await sessions.list('ada')).toHaveLength(1)
  await visitor.post('/logout')
  expect(store.size).toBe(0)
})

it('shows its data to whoever prints it', async () => {
  const print: ExpressHandler = (req, res) => {
    const before: ExpressSession<Record<string, unknown>> = req.session
    before.views = 1
    req.session = before
    res.json([inspect(req.session), `${req.session}`, 'views' in req.session, req.session === before])
  }
  const { visitor } = await serveExpress(express, sealed().sessions, { '/': print })
  expect(await (await visitor.get('/')).json()).toEqual([
    '[Object: null prototype] { views: 1 }',
    '[object Object]',
    true,
    true,
  ])
})

it('ends a session that is just being saved', async () => {
  const { sessions, store } = stored()
  const { visitor, errors } = await serveExpress(express, sessions, {
    '/': async (req, res) => {
      req.session.views = 1
      const saving = req.session.save()
      await Promise.resolve()
      req.session = null
      res.end(String(req.session))
      await saving
    },
  })
  expect([await visitor.text('/'), errors]).toEqual(['null', []])
  expect([store.size, visitor.cookies()]).toEqual([0, []])
})

it('does one thing after the other, whoever waits', async () => {
  const { sessions, store } = stored()
  const { visitor } = await serveExpress(express, sessions, {
    '/': (req, res) => {
      req.session.views = 1
      void req.session.save()
      void req.session.regenerate()
      void req.session.save()
      req.session = null
      res.redirect('/read')
    },
    '/read': (req, res) => void res.json(req.session),
  })
  expect(await visitor.text('/')).toBe('{}')
  expect([store.size, visitor.cookies()]).toEqual([0, []])
})
