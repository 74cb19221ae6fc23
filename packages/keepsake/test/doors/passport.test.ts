import express from 'express'
import passport from 'passport'
import { Strategy } from 'passport-local'
import { describe, expect, it } from 'vitest'
import { expressSession, type SessionRequest, session } from '../../src/node.ts'
import type { Sessions } from '../core/kit.ts'
import { type ExpressReq, sealed, stored } from './express-kit.ts'
import { listen, visitorOf } from './node-servers.ts'

interface User {
  readonly id: string
}

/** An app as Passport's guide writes it; no line of it knows of Keepsake but the one that mounts it. */
async function guide(sessions: Sessions, errors: unknown[] = []) {
  const auth = new passport.Passport()
  auth.use(
    new Strategy((username, password, done) =>
      done(null, password === 'open sesame' ? ({ id: username } satisfies User) : false),
    ),
  )
  auth.serializeUser((user, done) => done(null, (user as User).id))
  auth.deserializeUser((id, done) => done(null, { id }))

  const app = express()
  app.use(express.urlencoded({ extended: false }))
  app.use(expressSession(sessions))
  app.use(auth.session())
  app.get('/', (req, res) => void res.json({ user: req.user, ...(req as ExpressReq).session }))
  app.get('/id', (req, res) => void res.send((req as ExpressReq).sessionID))
  app.post('/cart', (req, res) => {
    ;(req as unknown as ExpressReq).session.cart = [req.body.item]
    res.end()
  })
  app.post('/login', auth.authenticate('local', { successRedirect: '/', failureRedirect: '/failed' }))
  app.post(
    '/login-with-cart',
    auth.authenticate('local', { keepSessionInfo: true, failureMessage: true }),
    (_req, res) => res.redirect('/'),
  )
  app.post('/login-as-owner', auth.authenticate('local'), session(sessions), (req, res) => {
    ;(req as typeof req & SessionRequest<Sessions>).session.login((req.user as User).id, {
      keep: ['passport'],
    })
    res.redirect('/')
  })
  app.get('/failed', (_req, res) => void res.send('no'))
  app.post('/logout', (req, res, next) => req.logout((error) => (error ? next(error) : res.redirect('/'))))
  app.use(expressSession.errors)
  app.use((error: unknown, _req: unknown, res: express.Response, _next: unknown) => {
    errors.push(error)
    res.status(500).end()
  })
  return visitorOf(await listen(app))
}

const ada = { username: 'ada', password: 'open sesame' }

describe.each([
  ['stored', () => stored()],
  ['sealed', () => sealed()],
] as const)('Passport on expressSession, %s', (_, world) => {
  it('logs in, knows the user on the next request, and logs out', async () => {
    const visitor = await guide(world().sessions)
    expect(await visitor.text('/')).toBe('{}')
    const entered = await visitor.post('/login', ada)
    expect(await entered.json()).toEqual({ user: { id: 'ada' }, passport: { user: 'ada' } })
    expect(await visitor.text('/')).toContain('"user":{"id":"ada"}')
    expect(await (await visitor.post('/logout')).text()).toBe('{}')
    expect(visitor.cookie('session')).toBeUndefined()
  })

  it('logs nobody in with a wrong password', async () => {
    const visitor = await guide(world().sessions)
    const refused = await visitor.post('/login', { ...ada, password: 'guess' })
    expect([await refused.text(), visitor.cookies()]).toEqual(['no', []])
  })

  it('P10 changes the id at login and at logout, and a planted cookie stays anonymous', async () => {
    const visitor = await guide(world().sessions)
    await visitor.post('/cart', { item: 'a lamp' })
    const planted = visitor.steal()
    const before = await visitor.text('/id')
    await visitor.post('/login', ada)
    const during = await visitor.text('/id')
    expect(during).not.toBe(before)
    expect(await planted.text('/')).not.toContain('ada')
    await visitor.post('/logout')
    expect(await visitor.text('/id')).not.toBe(during)
  })

  it('keeps nothing of before the login, unless keepSessionInfo says so', async () => {
    const visitor = await guide(world().sessions)
    await visitor.post('/cart', { item: 'a lamp' })
    expect(await (await visitor.post('/login', ada)).json()).not.toHaveProperty('cart')
    await visitor.post('/logout')
    await visitor.post('/cart', { item: 'a lamp' })
    const kept = await (await visitor.post('/login-with-cart', ada)).json()
    expect(kept).toMatchObject({ user: { id: 'ada' }, cart: ['a lamp'] })
  })
})

it('names the owner on a route that has the session itself, so that it can be listed and ended', async () => {
  const { sessions } = stored()
  const visitor = await guide(sessions)
  const entered = await visitor.post('/login-as-owner', ada)
  expect(await entered.json()).toEqual({ user: { id: 'ada' }, passport: { user: 'ada' } })
  expect(await sessions.list('ada')).toHaveLength(1)
  expect(await sessions.revokeAll('ada')).toBe(1)
  expect(await visitor.text('/')).toBe('{}')
})

it('P14 sets one cookie at login and one at logout', async () => {
  const visitor = await guide(stored().sessions)
  const names = (response: Response) => response.headers.getSetCookie().map((line) => line.split('=', 1)[0])
  expect(names(await visitor.post('/login', ada, { redirect: 'manual' }))).toEqual(['session'])
  expect(names(await visitor.post('/logout', {}, { redirect: 'manual' }))).toEqual(['session'])
})

it('P8 a thief with the cookie of before the logout has nothing', async () => {
  const { sessions, store } = stored()
  const visitor = await guide(sessions)
  await visitor.post('/login', ada)
  const thief = visitor.steal()
  await visitor.post('/logout')
  expect([await thief.text('/'), store.size]).toEqual(['{}', 0])
})
