import express from 'express'
import { expect, it } from 'vitest'
import { MemoryStore } from '../../src/index.ts'
import { expressSession } from '../../src/node.ts'
import { faultyStore } from '../../src/testing.ts'
import { cookieOf, type ExpressHandler, sealed, serveExpress, stored } from './express-kit.ts'
import { listen, visitorOf } from './node-servers.ts'

const count: ExpressHandler = (req, res) => {
  req.session.views = ((req.session.views as number | undefined) ?? 0) + 1
  res.send(`${req.session.views} ${req.session.isNew}`)
}

it('sets the cookie of a stored session once, whatever changes in it', async () => {
  const { visitor } = await serveExpress(express, stored().sessions, { '/': count })
  const set: boolean[] = []
  for (let times = 0; times < 3; times++) set.push(cookieOf(await visitor.get('/')) !== undefined)
  expect(set).toEqual([true, false, false])
})

it('begins anew for whoever brings no cookie of ours, and asks the store about none that we did not sign', async () => {
  const calls: string[] = []
  const memory = new MemoryStore()
  const store = faultyStore(memory, ({ method }) => void calls.push(method))
  const { sessions } = stored({ store, clock: Date.now })
  const { visitor } = await serveExpress(express, sessions, {
    '/': count,
    '/id': (req, res) => void res.send(req.sessionID),
  })
  await visitor.get('/')
  const [id, value = ''] = [await visitor.text('/id'), visitor.cookie('session')?.value]
  calls.length = 0
  const forged = [
    `${value.slice(0, -2)}${value.endsWith('AA') ? 'BB' : 'AA'}`,
    id,
    `s:${id}.signature`,
    's%3Awhatever.signature',
    '',
    '%',
  ]
  for (const cookie of forged) {
    expect(await visitor.text('/id', { headers: { cookie: `session=${cookie}` } })).not.toBe(id)
  }
  expect(calls).toEqual([])
  // ours, but what it opened is gone: a new id, never the one that came
  memory.delete(id)
  expect(await visitor.text('/')).toBe('1 true')
  expect(await visitor.text('/id')).not.toBe(id)
})

it('reads the Cookie header itself, whatever a parser has made of it', async () => {
  const app = express()
  app.use((req, _res, next) => {
    Object.assign(req, { cookies: { session: 'other' }, signedCookies: { session: 'another' }, secret: 'x' })
    next()
  })
  app.use(expressSession(sealed().sessions))
  app.get('/', count as never)
  const visitor = visitorOf(await listen(app))
  await visitor.get('/')
  expect(await visitor.text('/')).toBe('2 false')
})

it('shows the visitor nothing of what a cookie holds', async () => {
  const { visitor } = await serveExpress(express, sealed().sessions, {
    '/': (req, res) => {
      req.session.secret = 'the answer'
      res.end()
    },
  })
  await visitor.get('/')
  const bytes = Buffer.from(visitor.cookie('session')?.value ?? '', 'base64url')
  expect(bytes.toString('latin1')).not.toContain('answer')
})
