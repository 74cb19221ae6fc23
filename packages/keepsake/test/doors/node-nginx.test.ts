import { afterEach, describe, expect, it, vi } from 'vitest'
import { type CookieOptions, type SessionEvent, SessionManager } from '../../src/index.ts'
import { type NodeMiddleware, type SessionOptions, session } from '../../src/node.ts'
import { freePort, installed } from '../services.ts'
import { nginx, type Sending, type Site, visit } from './nginx.ts'
import { count, listen, type Request, type Use } from './node-servers.ts'
import { COOKIE, type Data, SECRET } from './world.ts'

interface App {
  readonly port: number
  readonly events: SessionEvent[]
  /** What the manager took the visitors' addresses to be. */
  readonly urls: string[]
}

/** An app in production, as far as it can tell. */
async function serve(options: SessionOptions = {}, cookie: CookieOptions = {}): Promise<App> {
  const events: SessionEvent[] = []
  const urls: string[] = []
  const sessions = new SessionManager<Data>({
    secrets: SECRET,
    cookie: ({ url }) => {
      urls.push(url)
      return cookie
    },
    onEvent: (event) => events.push(event),
  })
  const door = session(sessions, options) as NodeMiddleware as Use
  const port = await listen((req, res) => door(req, res, () => res.end(`${count(req as Request)}`)))
  return { port, events, urls }
}

/** nginx before an app, with these directives; its port. */
async function front(upstream: number, site: Partial<Site> = {}): Promise<number> {
  const port = await freePort()
  await nginx({ port, upstream, ...site })
  return port
}

const STRICT = new RegExp(`^${COOKIE}=.*; Secure`)
const PLAIN = /^session=(?!.*; Secure)/

async function cookieOf(sending: Sending): Promise<string> {
  const { cookies } = await visit(sending)
  expect(cookies).toHaveLength(1)
  return cookies[0] ?? ''
}

const SCHEME = 'proxy_set_header X-Forwarded-Proto $scheme;'
const HOST = 'proxy_set_header X-Forwarded-Host $http_host;'
const FOR = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;'

afterEach(() => {
  vi.unstubAllEnvs()
})

describe.runIf(installed('nginx', 'openssl'))('keepsake/node behind nginx', () => {
  describe('P17 a bare proxy_pass, which makes production look like loopback', () => {
    it.each([
      { method: 'POST', headers: { origin: 'https://shop.test', 'sec-fetch-site': 'same-origin' } },
      { method: 'GET', headers: { referer: 'https://shop.test/cart' } },
    ] as const)('is found out by %o, for good, and reported once with the Host header', async (sending) => {
      const { port: upstream, events } = await serve()
      const port = await front(upstream, { tls: true })
      // until then nothing tells it from development
      expect(await cookieOf({ port, tls: true })).toMatch(PLAIN)
      expect(events).toEqual([])
      expect(await cookieOf({ port, tls: true, ...sending })).toMatch(STRICT)
      expect(await cookieOf({ port, tls: true })).toMatch(STRICT)
      const [header] = Object.keys(sending.headers)
      expect(events).toEqual([{ type: 'behind-proxy', header, host: `127.0.0.1:${upstream}` }])
    })

    it('is no matter with cookie.secure: true', async () => {
      const { port: upstream, events } = await serve({}, { secure: true })
      const port = await front(upstream, { tls: true })
      expect(await cookieOf({ port, tls: true })).toMatch(STRICT)
      expect(events).toEqual([])
    })

    it('is no matter with NODE_ENV=production', async () => {
      vi.stubEnv('NODE_ENV', 'production')
      const { port: upstream } = await serve()
      const port = await front(upstream, { tls: true })
      expect(await cookieOf({ port, tls: true })).toMatch(STRICT)
    })

    it.each([
      SCHEME,
      HOST,
      FOR,
      'proxy_set_header Forwarded "for=$remote_addr";',
    ])('is found out by %s', async (line) => {
      const { port: upstream, events } = await serve()
      const port = await front(upstream, { lines: [line] })
      expect(await cookieOf({ port })).toMatch(STRICT)
      expect(events.map(({ type }) => type)).toEqual(['behind-proxy'])
    })
  })

  describe('a proxy that says what it was asked for', () => {
    const lines = ['proxy_set_header Host $http_host;', SCHEME, FOR]

    it.each([
      { tls: true, reported: [] },
      { tls: false, reported: ['insecure-request'] },
    ])('P17 is not believed unasked; TLS $tls', async ({ tls, reported }) => {
      const { port: upstream, urls, events } = await serve()
      const port = await front(upstream, { tls, lines })
      expect(await cookieOf({ port, tls })).toMatch(STRICT)
      expect(urls).toEqual(['http://shop.test/'])
      expect(events.map(({ type }) => type)).toEqual(reported)
    })

    it('is believed with trustProxy', async () => {
      const { port: upstream, urls, events } = await serve({ trustProxy: ['loopback'] })
      const port = await front(upstream, { tls: true, lines: [SCHEME, HOST, FOR] })
      expect(await cookieOf({ port, tls: true, headers: { host: 'shop.test:8443' } })).toMatch(STRICT)
      expect(urls).toEqual(['https://shop.test:8443/'])
      expect(events).toEqual([])
    })

    it.each([
      { tls: true, cookie: STRICT },
      { tls: false, cookie: PLAIN },
    ])("P17 decides on the cookie with secure: 'auto'; TLS $tls", async ({ tls, cookie }) => {
      const { port: upstream, events } = await serve({ trustProxy: 1, secure: 'auto' })
      const port = await front(upstream, { tls, lines })
      const line = await cookieOf({ port, tls })
      expect(line).toMatch(cookie)
      const [pair = ''] = line.split(';')
      expect((await visit({ port, tls, headers: { cookie: pair } })).body).toBe('2')
      expect(events).toEqual([])
    })

    it('is believed in the words of RFC 7239', async () => {
      const { port: upstream, urls } = await serve({ trustProxy: 1, secure: 'auto' })
      const forwarded = 'for=$remote_addr;proto=$scheme;host=\\"$http_host\\"'
      const dropped = ['For', 'Proto', 'Host'].map((name) => `proxy_set_header X-Forwarded-${name} "";`)
      const lines = [`proxy_set_header Forwarded "${forwarded}";`, ...dropped]
      const port = await front(upstream, { tls: true, lines })
      const headers = { host: 'shop.test:8443', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.test' }
      expect(await cookieOf({ port, tls: true, headers })).toMatch(STRICT)
      expect(urls).toEqual(['https://shop.test:8443/'])
    })
  })

  describe('a visitor who speaks as if he were a proxy', () => {
    const spoof = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-for': '127.0.0.2',
      forwarded: 'for=127.0.0.2;proto=https;host=evil.test',
    }
    const lines = ['proxy_bind 127.0.0.2;', SCHEME, HOST, FOR]

    it('is not believed at the app itself', async () => {
      const { port, urls } = await serve({ trustProxy: ['127.0.0.2'], secure: 'auto' })
      expect(await cookieOf({ port, headers: spoof })).toMatch(PLAIN)
      expect(urls).toEqual(['http://shop.test/'])
      // who is believed there
      expect(await cookieOf({ port: await front(port, { tls: true, lines }), tls: true })).toMatch(STRICT)
    })

    it('is not believed through the proxy', async () => {
      const { port: upstream, urls } = await serve({ trustProxy: ['127.0.0.2'], secure: 'auto' })
      const port = await front(upstream, { lines })
      expect(await cookieOf({ port, headers: spoof })).toMatch(PLAIN)
      expect(urls).toEqual(['http://shop.test/'])
    })
  })

  describe('two proxies in a row', () => {
    const outer = ['proxy_bind 127.0.0.3;', SCHEME, HOST, FOR]
    const inner = [
      'proxy_bind 127.0.0.2;',
      'proxy_set_header X-Forwarded-Proto "$http_x_forwarded_proto, $scheme";',
      'proxy_set_header X-Forwarded-Host "$http_x_forwarded_host, $http_host";',
      FOR,
    ]

    it.each([
      { trustProxy: 2, cookie: STRICT, origin: 'https://shop.test' },
      { trustProxy: ['127.0.0.2', '127.0.0.3'], cookie: STRICT, origin: 'https://shop.test' },
      // the outer one is a visitor like others then, and came by http
      { trustProxy: 1, cookie: PLAIN, origin: /^http:\/\/127\.0\.0\.1:\d+$/ },
      { trustProxy: ['127.0.0.2'], cookie: PLAIN, origin: /^http:\/\/127\.0\.0\.1:\d+$/ },
    ])('are believed as far as $trustProxy says', async ({ trustProxy, cookie, origin }) => {
      const { port: upstream, urls } = await serve({ trustProxy, secure: 'auto' })
      const [port, between] = [await freePort(), await freePort()]
      await nginx(
        { port, upstream: between, tls: true, lines: outer },
        { port: between, upstream, lines: inner },
      )
      const headers = { 'x-forwarded-proto': 'http', 'x-forwarded-for': '127.0.0.2, 127.0.0.3' }
      expect(await cookieOf({ port, tls: true, headers })).toMatch(cookie)
      expect(new URL(urls[0] ?? '').origin).toMatch(origin)
    })
  })
})
