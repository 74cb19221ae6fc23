import { createRequire } from 'node:module'
import type express from 'express'
import { describe, expect, it } from 'vitest'
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
