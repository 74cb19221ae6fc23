import type express from 'express'
import type { ExpressHandler, ExpressReq, ExpressRes } from './express-kit.ts'

/**
 * An app as express-session has them. It runs as it is on express-session and on expressSession: it is told nothing of
 * which it is, but for the middleware.
 */
export function movedApp(make: typeof express, sessions: express.RequestHandler): express.Express {
  const app = make()
  const routes: Readonly<Record<string, ExpressHandler>> = {
    '/': read,
    '/count': count,
    '/nested': nested,
    '/remove': remove,
    '/untouched': (_req, res) => void res.send('untouched'),
    '/login': login,
    '/logout': logout,
    '/who': who,
    '/save': saveFirst,
    '/save-twice': saveTwice,
    '/reload': reload,
    '/unsaved': unsaved,
    '/touch': touch,
    '/stream': stream,
    '/fail': fail,
    '/later': later,
    '/forever': forever,
    '/for-an-hour': forAnHour,
  }
  app.use(sessions)
  for (const [path, handle] of Object.entries(routes)) app.all(path, handle as never)
  app.use((error: Error, _req: unknown, res: ExpressRes, _next: unknown) => {
    res.status(500).send(error.message)
  })
  return app
}

/** The data alone: a session of express-session lists its cookie among them. */
function dataOf({ session }: ExpressReq): Record<string, unknown> {
  return Object.fromEntries(Object.entries(session ?? {}).filter(([key]) => key !== 'cookie'))
}

const read: ExpressHandler = (req, res) => void res.json(dataOf(req))

const count: ExpressHandler = (req, res) => {
  if (!req.session.views) req.session.views = 0
  ;(req.session.views as number)++
  res.send(`${req.session.views} views`)
}

const nested: ExpressHandler = (req, res) => {
  req.session.cart ??= { items: [] }
  ;(req.session.cart as { items: unknown[] }).items.push({ name: 'lamp' })
  read(req, res, () => undefined)
}

const remove: ExpressHandler = (req, res) => {
  delete req.session.cart
  res.redirect('/')
}

const login: ExpressHandler = (req, res, next) => {
  const before = req.sessionID
  void req.session.regenerate((error) => {
    if (error) return next(error)
    req.session.user = 'ada'
    void req.session.save((error) => {
      if (error) return next(error)
      res.json([req.sessionID !== before, req.session.id === req.sessionID, dataOf(req)])
    })
  })
}

const logout: ExpressHandler = (req, res, next) => {
  void req.session.destroy((error) => {
    if (error) return next(error)
    res.send(`bye, ${String(req.session)}`)
  })
}

const who: ExpressHandler = (req, res) => void res.send(String(req.session.user ?? 'nobody'))

const saveFirst: ExpressHandler = (req, res) => {
  req.session.saved = true
  void req.session.save(() => res.redirect('/'))
}

const saveTwice: ExpressHandler = (req, res) => {
  req.session.first = 1
  void req.session.save(() => {
    req.session.second = 2
    delete req.session.first
    void req.session.save(() => {
      req.session.third = 3
      res.redirect('/')
    })
  })
}

const reload: ExpressHandler = (req, res) => {
  req.session.views = 1_000
  void req.session.reload((error) => res.json([Boolean(error), dataOf(req)]))
}

const unsaved: ExpressHandler = (req, res) => {
  void req.session.reload((error) => res.send(error ? 'nothing to reload' : 'reloaded'))
}

const touch: ExpressHandler = (req, res) => {
  req.session.touch()
  res.send('touched')
}

const stream: ExpressHandler = (req, res) => {
  count({ ...req, session: req.session } as ExpressReq, { send: () => undefined } as never, () => undefined)
  res.type('text')
  res.write('one, ')
  setImmediate(() => res.end('two'))
}

const fail: ExpressHandler = (_req, _res, next) => next(new Error('broken'))

const later: ExpressHandler = async (req, res) => {
  await new Promise(setImmediate)
  await count(req, res, () => undefined)
}

const forever: ExpressHandler = (req, res) => {
  req.session.kept = true
  req.session.cookie.expires = false
  res.json([Boolean(req.session.cookie.maxAge), Boolean(req.session.cookie.expires)])
}

const forAnHour: ExpressHandler = (req, res) => {
  req.session.kept = true
  req.session.cookie.maxAge = 3_600_000
  const { maxAge, expires } = req.session.cookie
  res.json([Math.round((maxAge ?? 0) / 60_000), expires instanceof Date, req.session.cookie.originalMaxAge])
}
