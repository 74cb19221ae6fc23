import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished } from 'vitest'
import { session as middleware } from '../../src/hono.ts'
import { backings, caching, cookiesSet, type World, world } from './world.ts'

/** Responses in all forms that an app may give them; node-server keeps each as it was given until it is sent. */
const forms: Readonly<Record<string, () => Response>> = {
  'a text': () => new Response('a text'),
  'nothing but a status': () => new Response(null, { status: 204 }),
  'a text that is empty': () => new Response('', { status: 404 }),
  bytes: () => new Response(Uint8Array.of(0x61, 0x62)),
  'a stream': () => new Response(new Blob(['a stream']).stream()),
  'plain headers': () => new Response('{}', { headers: { 'Content-Type': 'text/css', 'X-A': '1' } }),
  'plain headers with a cookie': () =>
    new Response('a', { headers: { 'Set-Cookie': 'own=1', 'content-type': 'text/css' } }),
  'plain headers, one of them twice': () =>
    new Response('a', { headers: { 'X-A': '1', 'x-a': '2', 'content-type': 'text/css' } }),
  'headers without a type': () => new Response('a', { headers: { 'x-a': '1' } }),
  'pairs of headers': () =>
    new Response('a', {
      headers: [
        ['set-cookie', 'own=1'],
        ['X-A', '1'],
        ['set-cookie', 'other=2'],
      ],
    }),
  'Headers with cookies': () => {
    const headers = new Headers({ 'x-a': '1', 'content-type': 'text/css' })
    for (const cookie of ['own=1', 'other=2']) headers.append('set-cookie', cookie)
    return new Response('a', { headers })
  },
  'headers that were read': () => {
    const response = new Response('a')
    response.headers.set('x-a', response.headers.get('content-type') ?? '')
    return response
  },
  'a redirect': () => Response.redirect('http://127.0.0.1/', 303),
  json: () => Response.json({ a: 1 }),
}

type Visited = Awaited<ReturnType<World['sessions']['load']>>
type Handle = (session: Visited, form: string) => Response

/** The same app by direct calls and in Hono: `/look/…` and `/write/…` have a session, `/bare/…` has none. */
const apps = {
  'sessions.run': (sessions, handle, bare) => async (request: Request) => {
    const [, way, form = ''] = new URL(request.url).pathname.split('/').map(decodeURIComponent)
    if (way === 'bare') return bare(form)
    return sessions.run(request, (session) => {
      if (way === 'write') session.data.visits = 1
      return handle(session, form)
    })
  },
  Hono: (sessions, handle, bare) =>
    new Hono()
      .get('/bare/:form', (c) => bare(c.req.param('form')))
      .use(middleware(sessions))
      .get('/:way/:form', (c) => {
        if (c.req.param('way') === 'write') c.var.session.data.visits = 1
        return handle(c.var.session, c.req.param('form'))
      }).fetch,
} satisfies Record<
  string,
  (
    sessions: World['sessions'],
    handle: Handle,
    bare: (form: string) => Response,
  ) => (request: Request) => Response | Promise<Response>
>

async function listen(fetch: (request: Request) => Response | Promise<Response>): Promise<string> {
  const server = serve({ fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A response, and what of it has nothing to do with sessions. */
async function told(url: string): Promise<{ response: Response; own: object }> {
  const response = await fetch(url, { redirect: 'manual' })
  const headers: Record<string, unknown> = Object.fromEntries(response.headers)
  for (const name of ['date', 'vary', 'cache-control', 'keep-alive', 'connection', 'transfer-encoding'])
    delete headers[name]
  headers['set-cookie'] = response.headers.getSetCookie().filter((line) => /^(own|other)=/.test(line))
  return { response, own: { status: response.status, text: await response.clone().text(), headers } }
}

describe.each(backings)('responses that nobody has opened, %s', (backing) => {
  describe.each(Object.entries(apps))('%s', (_, app) => {
    it.each(Object.keys(forms))('%s', async (form) => {
      const { sessions } = world(backing)
      const make = forms[form] as () => Response
      const look: Handle = (session) => {
        expect(session.owner).toBeUndefined()
        return make()
      }
      const url = await listen(app(sessions, look, make))
      const { own } = await told(`${url}/bare/x`)
      const looked = await told(`${url}/look/x`)
      expect([looked.own, looked.response.headers.get('vary')]).toEqual([own, 'Cookie'])
      const written = await told(`${url}/write/x`)
      expect([written.own, caching(written.response)[0]]).toEqual([own, 'no-store'])
      expect(cookiesSet(written.response)).toContain('session')
    })

    it('a response that handlers share takes nobody’s cookie', async () => {
      const { sessions } = world(backing)
      const made: Response[] = []
      const share = (): Response => {
        if (made.length === 0) made.push(new Response('shared', { headers: { 'x-a': '1' } }))
        return made[0] as Response
      }
      const url = await listen(app(sessions, share, share))
      const visits = [await told(`${url}/write/x`), await told(`${url}/write/x`)]
      const cookies = visits.flatMap(({ response }) => response.headers.getSetCookie())
      expect(new Set(cookies).size).toBe(2)
      expect(await Promise.all(visits.map(({ response }) => response.text()))).toEqual(['shared', 'shared'])
      expect((await told(`${url}/bare/x`)).response.headers.getSetCookie()).toEqual([])
    })
  })
})
