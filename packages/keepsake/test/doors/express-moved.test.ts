import { createRequire } from 'node:module'
import type express from 'express'
import { describe, expect, it } from 'vitest'
import { fromExpressSession } from '../../src/import/express-session.ts'
import { expressSession } from '../../src/node.ts'
import type { Visitor } from '../../src/testing.ts'
import { makers, stored } from './express-kit.ts'
import { movedApp } from './express-moved-app.ts'
import { listen, visitorOf } from './node-servers.ts'

// its types would add a session to every request of every test
const theirs = createRequire(import.meta.url)('express-session')

const visits: Readonly<Record<string, readonly string[]>> = {
  'an anonymous visitor': ['/', '/untouched', '/', '/unsaved', '/fail', '/', '/touch'],
  'a counter': ['/count', '/count', '/untouched', '/later', '/count', '/fail', '/'],
  'nested data': ['/nested', '/nested', '/', '/remove', '/nested', '/'],
  'a login': ['/count', '/login', '/who', '/count', '/', '/login', '/who'],
  'a logout': ['/count', '/login', '/logout', '/who', '/', '/count'],
  'a logout of nobody': ['/logout', '/', '/logout'],
  'saves by hand': ['/save', '/', '/save-twice', '/', '/save', '/save-twice'],
  reloads: ['/unsaved', '/count', '/reload', '/', '/touch', '/reload'],
  'a stream': ['/stream', '/', '/stream', '/'],
  'a lifetime of its own': ['/for-an-hour', '/', '/forever', '/count', '/'],
}

/** What a visitor sees: status, text, where it ended, and whether the browser holds a session. */
async function transcript(visitor: Visitor, paths: readonly string[]): Promise<string[]> {
  const seen: string[] = []
  for (const path of paths) {
    const first = await visitor.get(path, { redirect: 'manual' })
    const held = visitor.cookies().length > 0 ? 'holds one' : 'holds none'
    const target = first.headers.get('location') ?? ''
    seen.push(`${path} ${first.status} ${target} ${await first.text()} · ${held}`)
  }
  return seen
}

describe.each(Object.entries(makers))('an app of express-session on expressSession, %s', (_, make) => {
  const open = async (sessions: unknown): Promise<Visitor> =>
    visitorOf(await listen(movedApp(make, sessions as express.RequestHandler)))

  it.each(Object.entries(visits))('answers %s the same', async (_, paths) => {
    const former = await open(theirs({ secret: 'keyboard cat', resave: false, saveUninitialized: false }))
    const moved = await open(expressSession(stored({ clock: Date.now }).sessions))
    const expected = await transcript(former, paths)
    expect(expected.join('\n')).not.toContain('TypeError')
    const differing = paths.some((path) => path === '/logout')
    // express-session leaves the browser the cookie of the session that ended
    const same = (lines: readonly string[]) => lines.map((line) => (differing ? line.split(' · ')[0] : line))
    expect(same(await transcript(moved, paths))).toEqual(same(expected))
  })
})

it.each(Object.entries(makers))('takes over the sessions that express-session left, %s', async (_, make) => {
  const secret = 'keyboard cat'
  const store = new theirs.MemoryStore()
  const former = theirs({ secret, store, resave: false, saveUninitialized: false })
  const visitor = visitorOf(await listen(movedApp(make, former)))
  for (const path of ['/login', '/count', '/nested']) await visitor.get(path)
  const held = visitor.cookie('connect.sid')
  const until = '2099-03-31'
  const map = (old: Record<string, unknown>): Record<string, unknown> => old
  const accept = [fromExpressSession({ secret, store, until, map })]
  const { sessions } = stored({ clock: Date.now, accept })
  const moved = visitorOf(await listen(movedApp(make, expressSession(sessions) as express.RequestHandler)))
  moved.plant(`connect.sid=${held?.value}; Path=/; HttpOnly`)
  const copy = moved.steal()
  const expected = '{"user":"ada","views":1,"cart":{"items":[{"name":"lamp"}]}}'
  expect(await moved.text('/')).toBe(expected)
  expect(await moved.text('/save-twice')).toContain('"user":"ada","views":1')
  expect(moved.cookies().map(({ name }) => name)).toEqual(['session'])
  await moved.get('/logout')
  expect([await moved.text('/'), moved.cookies(), await copy.text('/')]).toEqual(['{}', [], '{}'])
})
