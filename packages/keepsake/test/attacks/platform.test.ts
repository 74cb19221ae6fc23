import http from 'node:http'
import http2 from 'node:http2'
import net, { type AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session as honoSession } from '../../src/hono.ts'
import type { Session } from '../../src/index.ts'
import { backings, type Data, mint, N, request, target, turn } from './kit.ts'

const write = ({ data }: Session<Data>): void => {
  data.n = 1
}

async function listening(server: net.Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** What a server says to exactly these bytes. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.write([...lines, '', ''].join('\r\n'))
  let text = ''
  for await (const part of socket) text += part
  return text
}

describe.each(backings)('%s', (backing) => {
  test('T-A1 a redirect, whose headers can’t be changed, takes the cookie', async () => {
    const { sessions } = target(backing)
    const response = await sessions.run(request(null), (session) => {
      write(session)
      return Response.redirect('https://app.example/next', 303)
    })
    expect([response.status, response.headers.get('location')]).toEqual([303, 'https://app.example/next'])
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test('T-A2 Response.error() is refused before anything is stored', async () => {
    const on = target(backing)
    const running = on.sessions.run(request(null), (session) => {
      write(session)
      return Response.error()
    })
    await expect(running).rejects.toMatchObject({ code: 'response' })
    expect(on.calls).toEqual([])
  })

  test.each([204, 205, 304])('T-A4 %d without a body takes a logout', async (status) => {
    const on = target(backing)
    const response = await on.sessions.run(request(`${N}=${await mint(on)}`), (session) => {
      session.destroy()
      return new Response(null, { status })
    })
    expect([response.status, response.body]).toEqual([status, null])
    expect(response.headers.getSetCookie().some((line) => line.startsWith(`${N}=; Max-Age=0`))).toBe(true)
  })

  test('T-A6 three cookies of the handler and ours are four', async () => {
    const { sessions } = target(backing)
    const response = await sessions.run(request(null), (session) => {
      write(session)
      return new Response(null, {
        headers: ['a=1', 'b=2', 'c=3'].map((line): [string, string] => ['set-cookie', line]),
      })
    })
    expect(response.headers.getSetCookie().map((line) => line.split('=', 1)[0])).toEqual(['a', 'b', 'c', N])
  })

  test('T-A8 in Hono: another response, an HTTPException and a page not found keep the rules', async () => {
    const { sessions } = target(backing)
    const app = new Hono().use(honoSession(sessions))
    app.get('/replaced', (c) => {
      write(c.get('session' as never))
      c.res = new Response('first')
      return new Response('second', { headers: { 'cache-control': 'public' } })
    })
    app.get('/thrown', (c) => {
      write(c.get('session' as never))
      throw new HTTPException(401, { res: new Response('no', { status: 401 }) })
    })
    app.notFound((c) => {
      write(c.get('session' as never))
      return c.text('nothing here', 404)
    })
    for (const [path, status] of [
      ['/replaced', 200],
      ['/thrown', 401],
      ['/missing', 404],
    ] as const) {
      const response = await app.request(`https://app.example${path}`)
      expect([path, response.status, response.headers.getSetCookie().length]).toEqual([path, status, 1])
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('T-A11 two Cookie lines joined by a comma never open as anybody', async () => {
    const on = target(backing)
    const [one, two] = [await mint(on), await mint(on, { uid: 'u_2' })]
    for (const cookie of [`${N}=${one}, ${N}=${two}`, `a=b, ${N}=${one}`]) {
      expect((await turn(on, cookie)).data).toEqual({})
    }
  })

  test('T-A10 T-A13 over node:http: two Cookie lines are one header, each Set-Cookie a line', async () => {
    const on = target(backing)
    const value = await mint(on)
    const listener = getRequestListener((asked) =>
      on.sessions.run(asked, (session) => {
        const { uid } = session.data
        session.regenerate()
        const headers: [string, string][] = [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ]
        return new Response(String(uid), { headers })
      }),
    )
    const port = await listening(http.createServer(listener))
    const lines = [
      'GET / HTTP/1.1',
      'Host: app.example',
      'X-Forwarded-Proto: https',
      'Cookie: x=y',
      `Cookie: ${N}=${value}`,
      'Connection: close',
    ]
    const answer = await raw(port, lines)
    expect(answer).toMatch(/\r\n\r\n(?:3\r\n)?u_1/)
    expect(answer.match(/^set-cookie: .*$/gim)).toHaveLength(3)
    expect(answer.match(/^set-cookie: [^,\r\n]*$/gim)).toHaveLength(3)
  })

  test('T-A14 over HTTP/2, where a client may split the header, the crumbs are one again', async () => {
    const on = target(backing)
    const value = await mint(on)
    const server = http2.createServer((incoming, outgoing) => {
      const cookie = incoming.headers.cookie ?? null
      void turn(on, cookie).then(({ data }) => outgoing.end(String(data.uid)))
    })
    const port = await listening(server as unknown as net.Server)
    const client = http2.connect(`http://127.0.0.1:${port}`)
    const stream = client.request({ ':path': '/', cookie: ['x=y', `${N}=${value}`, 'z=1'] })
    let text = ''
    for await (const part of stream) text += part
    client.close()
    expect(text).toBe('u_1')
  })
})
