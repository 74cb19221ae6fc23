import express, { type Request, type Response } from 'express'
import express4 from 'express4'
import { describe, expect, it } from 'vitest'
import { type SessionRequest, session } from '../../src/node.ts'
import { count, listen, visitorOf } from './node-servers.ts'
import { cookiesSet, type World, world } from './world.ts'

type Incoming = Request & SessionRequest<World['sessions']>

const makers = { 'Express 5': express, 'Express 4': express4 as unknown as typeof express }

/** An app whose handlers are in a router of their own. */
function app(make: typeof express): Promise<number> {
  const router = make.Router()
  router.get('/fail/:id', (req, res) => {
    Object.assign((req as unknown as Incoming).session.data, { note: () => 1 })
    res.redirect(`/${req.params.id}`)
  })
  router.get('/twice', (req, res) => {
    res.json(count(req as unknown as Incoming))
    res.json('again')
  })
  const app = make()
  // its own error handler would print what is expected here
  app.set('env', 'test')
  app.use(session(world('stored').sessions))
  app.use('/shop', router)
  app.use((_req, res) => void res.status(404).send('not found'))
  app.use(session.errors)
  app.use((error: { code: string }, req: Request, res: Response, next: (error: unknown) => void) => {
    if (req.query.default === undefined) res.status(503).json([error.code, req.url])
    else next(error)
  })
  return listen(app)
}

describe.each(Object.entries(makers))('keepsake/node in an app of %s', (_name, make) => {
  it('P6 a save that fails in a router reaches the error handler of the app', async () => {
    const response = await visitorOf(await app(make)).get('/shop/fail/1', { redirect: 'manual' })
    expect([response.status, await response.text()]).toEqual([503, '["invalid_data","/shop/fail/1"]'])
    expect([response.headers.get('location'), cookiesSet(response)]).toEqual([null, []])
  })

  it('P6 or the one that Express has', async () => {
    const response = await visitorOf(await app(make)).get('/shop/fail/1?default', { redirect: 'manual' })
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringContaining('SessionError: data.note'),
    ])
  })

  it('of two answers sends the first, whole', async () => {
    const response = await visitorOf(await app(make)).get('/shop/twice')
    expect([response.status, await response.json(), cookiesSet(response)]).toEqual([200, 1, ['session']])
  })

  it('leaves what is not found to the app', async () => {
    expect((await visitorOf(await app(make)).get('/elsewhere')).status).toBe(404)
  })
})
