import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type RequestLike, SessionManager } from '../../src/index.ts'
import { type NodeMiddleware, requestLike, session } from '../../src/node.ts'
import {
  bodyOf,
  count,
  type Handler,
  listen,
  raw,
  serve,
  type Use,
  verbatim,
  visitorOf,
} from './node-servers.ts'
import { COOKIE, type Data, SECRET, world } from './world.ts'

const counting: Handler = (req, res) => res.end(`${count(req)}`)

/** Keeps what managers get to see of requests. */
function witness(): { sessions: SessionManager<Data>; seen: RequestLike[] } {
  const seen: RequestLike[] = []
  const cookie = (request: RequestLike): Record<string, never> => {
    seen.push(request)
    return {}
  }
  return { seen, sessions: new SessionManager<Data>({ secrets: SECRET, cookie }) }
}

async function urlsOf(target: string, ...lines: string[]): Promise<string[]> {
  const { sessions, seen } = witness()
  await raw(await serve({ sessions }, (_req, res) => res.end()), `GET ${target} HTTP/1.1`, ...lines)
  return seen.map(({ url }) => url)
}

describe('keepsake/node: requests', () => {
  it('lets a manager explain them', async () => {
    const { sessions } = world('stored')
    const port = await serve({ sessions }, async (req, res) => {
      res.end((await sessions.explain(requestLike(req))).outcome)
    })
    expect(bodyOf(await raw(port, 'GET / HTTP/1.1'))).toBe('none')
    expect(bodyOf(await raw(port, 'GET / HTTP/1.1', 'Cookie: session=junk'))).toBe('malformed')
  })

  it.each([
    ['no host', 'GET / HTTP/1.0'],
    ['an empty host', 'GET / HTTP/1.1', 'Host:'],
    ['half an address', 'GET / HTTP/1.1', 'Host: ['],
    ['two words', 'GET / HTTP/1.1', 'Host: a b'],
    ['a port that is none', 'GET / HTTP/1.1', 'Host: shop.test:99999'],
  ])('P26 gives cookie functions a URL that parses, though the request has %s', async (_, request, ...lines) => {
    const cookie = ({ url }: RequestLike) => ({ path: new URL(url).pathname })
    const sessions = new SessionManager<Data>({ secrets: SECRET, cookie, onEvent: () => undefined })
    const answer = await verbatim(await serve({ sessions }, counting), request, ...lines)
    expect([answer.split('\r\n')[0], bodyOf(answer)]).toEqual(['HTTP/1.1 200 OK', '1'])
  })

  it('T-A10 reads two Cookie lines as one', async () => {
    const port = await serve(world('stored'), counting)
    const visitor = visitorOf(port)
    await visitor.get('/')
    const cookie = `session=${visitor.cookie('session')?.value}`
    const answer = await raw(port, 'GET / HTTP/1.1', 'Cookie: other=1', `Cookie: ${cookie}`)
    expect(bodyOf(answer)).toBe('2')
  })

  it('T-A13 sends Set-Cookie as lines of their own', async () => {
    const port = await serve(world('stored'), (req, res) => {
      res.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Expires=Wed, 21 Oct 2065 07:28:00 GMT'])
      return counting(req, res)
    })
    const answer = await raw(port, 'GET / HTTP/1.1')
    const lines = answer.split('\r\n').filter((line) => /^set-cookie:/i.test(line))
    expect(lines).toEqual([
      'set-cookie: a=1; Path=/',
      'set-cookie: b=2; Expires=Wed, 21 Oct 2065 07:28:00 GMT',
      expect.stringMatching(/^set-cookie: session=/),
    ])
  })

  it('T-A14 reads the crumbs of a Cookie header over HTTP/2, and answers there', async () => {
    const warnings: Error[] = []
    const warn = (warning: Error): unknown => warnings.push(warning)
    process.on('warning', warn)
    onTestFinished(() => void process.off('warning', warn))
    const here = world('stored')
    const port = await listenHttp2(session(here.sessions))
    const first = await getHttp2(port, [])
    expect(first.body).toBe('1')
    const [pair] = first.cookies.map((line) => line.split(';')[0] ?? '')
    expect(pair).toMatch(/^session=/)
    expect((await getHttp2(port, ['a=1', pair ?? '', 'b=2'])).body).toBe('2')
    expect(warnings).toEqual([])
  })

  it('tells TLS by the connection, and nothing else', () => {
    const headers = { host: 'shop.test', 'x-forwarded-proto': 'https' }
    const urls = [{ encrypted: true }, {}].map((socket) => requestLike({ url: '/', headers, socket }).url)
    expect(urls).toEqual(['https://shop.test/', 'http://shop.test/'])
  })

  it.each([
    ['/path?query', ['http://127.0.0.1/path?query']],
    ['http://elsewhere.test/path', ['http://127.0.0.1/path']],
    ['http://elsewhere.test', ['http://127.0.0.1/']],
  ])('%s', async (target, urls) => {
    expect(await urlsOf(target)).toEqual(urls)
  })

  it('knows the whole path inside a router that is mounted', async () => {
    const { sessions, seen } = witness()
    const app = express()
    app.use('/shop', session(sessions), (_req, res) => void res.end())
    await raw(await listen(app), 'GET /shop/cart HTTP/1.1')
    expect(seen.map(({ url }) => url)).toEqual(['http://127.0.0.1/shop/cart'])
  })

  it('P17 takes the headers of a proxy as a sign that this is no development', async () => {
    const here = world('stored')
    const port = await serve(here, counting)
    expect(await raw(port, 'GET / HTTP/1.1')).toMatch(/^set-cookie: session=/im)
    const proxied = await raw(port, 'GET / HTTP/1.1', 'X-Forwarded-Something: 1')
    expect(proxied).toMatch(new RegExp(`^set-cookie: ${COOKIE}=.*; Secure`, 'im'))
    expect(here.events).toEqual(['behind-proxy'])
  })

  it.each([
    'Cookie: session',
    `Cookie: session=${'x'.repeat(9000)}`,
    'Cookie: session=%00%ff; session=a; session=b; __proto__=1',
    'Host: a\tb',
    'Cookie: \xff\xfe=\x80',
  ])('P26 answers as ever to %j', async (line) => {
    const port = await serve(world('stored'), counting)
    expect(bodyOf(await raw(port, 'GET / HTTP/1.1', line))).toMatch(/^(1|)$/)
    expect(bodyOf(await raw(port, 'GET / HTTP/1.1'))).toBe('1')
  })

  it('P26 answers a request without a Host', async () => {
    const { sessions } = world('stored')
    const port = await serve({ sessions }, counting)
    const socket = (await import('node:net')).connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.0\r\n\r\n')
    const answer = await text(socket)
    expect(bodyOf(answer)).toBe('1')
    expect(answer).toContain(`set-cookie: ${COOKIE}=`)
  })
})

async function listenHttp2(door: NodeMiddleware): Promise<number> {
  const server = createServer((req, res) => {
    const next = (error?: unknown): void => {
      if (error === undefined)
        counting(req as unknown as Parameters<Handler>[0], res as unknown as Parameters<Use>[1])
      else res.writeHead(500).end()
    }
    door(req, res, next)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function getHttp2(port: number, crumbs: string[]): Promise<{ body: string; cookies: string[] }> {
  const client = connect(`http://127.0.0.1:${port}`)
  const stream = client.request({ ':path': '/', cookie: crumbs })
  const [headers] = await once(stream, 'response')
  const body = await text(stream)
  client.close()
  return { body, cookies: headers['set-cookie'] }
}
