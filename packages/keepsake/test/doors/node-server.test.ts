import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { count, visitorOf } from './node-servers.ts'
import { backings, caching, cookiesSet, world } from './world.ts'

const NATIVE = globalThis.Response

async function listen(fetch: (request: Request) => Response | Promise<Response>): Promise<number> {
  const server = serve({ fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe.each(backings)('@hono/node-server, which replaces Response, %s', (backing) => {
  it('commits responses of either class', async () => {
    const { sessions } = world(backing)
    const port = await listen((request) =>
      sessions.run(request, (session) => {
        const { pathname } = new URL(request.url)
        if (pathname === '/native') return new NATIVE(`${count({ session })}`, { headers: { 'x-a': '1' } })
        if (pathname === '/redirect') return Response.redirect('http://127.0.0.1/', 303)
        return new Response(`${count({ session })}`, { status: 201, headers: { 'x-a': '1' } })
      }),
    )
    expect(globalThis.Response).not.toBe(NATIVE)
    const visitor = visitorOf(port)
    const response = await visitor.get('/')
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([201, '1', '1'])
    expect([cookiesSet(response), caching(response)[0]]).toEqual([['session'], 'no-store'])
    expect(await visitor.text('/native')).toBe('2')
    expect((await visitor.get('/redirect', { redirect: 'manual' })).status).toBe(303)
  })

  it('a login and a logout on a redirect', async () => {
    const { sessions } = world(backing)
    const port = await listen(async (request) => {
      const session = await sessions.load(request)
      if (request.url.endsWith('/login')) session.login('ada')
      else if (request.url.endsWith('/logout')) session.destroy()
      else return sessions.commit(session, new Response(session.owner ?? 'nobody'))
      return sessions.commit(session, Response.redirect('http://127.0.0.1/', 303))
    })
    const visitor = visitorOf(port)
    await visitor.get('/login', { redirect: 'manual' })
    expect(await visitor.text('/')).toBe('ada')
    await visitor.get('/logout', { redirect: 'manual' })
    expect(await visitor.text('/')).toBe('nobody')
  })

  it('a body that was read can take no cookie', async () => {
    const { sessions } = world(backing)
    const codes: unknown[] = []
    const port = await listen(async (request) => {
      const session = await sessions.load(request)
      count({ session })
      const response = new Response('read')
      await response.text()
      await sessions.commit(session, response).catch((error) => codes.push(error.code))
      return new Response('ok')
    })
    await visitorOf(port).get('/')
    expect(codes).toEqual(['response'])
  })
})
