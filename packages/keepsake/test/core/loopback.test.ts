import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Evidence, isPlainHttpElsewhere, Loopback } from '../../src/core/loopback.ts'

const request = (url: string, headers: Record<string, string> = {}): Request => new Request(url, { headers })

beforeEach(() => {
  vi.stubEnv('NODE_ENV', 'development')
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})

function watched(secure?: boolean): { transport: Loopback; evidence: Evidence[] } {
  const evidence: Evidence[] = []
  return { transport: new Loopback(secure, (found) => evidence.push(found)), evidence }
}

describe('P17 the relaxed cookie', () => {
  test.each([
    'http://localhost',
    'http://localhost:8787/cart?x#y',
    'http://LOCALHOST/',
    'http://shop.localhost:3000/',
    'http://a.b.localhost/',
    'http://127.0.0.1:3000/',
    'http://127.1/',
    'http://127.255.255.254/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]:3000/',
  ])('T-S21 is for %s', (url) => {
    expect(watched().transport.relaxed(request(url))).toBe(true)
  })

  test.each([
    'https://localhost/',
    'https://shop.example/',
    'http://shop.example/',
    'http://localhost.evil.test/',
    'http://evil-localhost/',
    'http://localhostx/',
    'http://127.0.0.1.evil.test/',
    'http://1270.0.0.1.test/',
    'http://128.0.0.1/',
    'http://0.0.0.0/',
    'http://192.168.1.5/',
    'http://[::2]/',
    'http://[::ffff:127.0.0.1]/',
    'http://shop.example/http://localhost/',
    'http://shop.example/?.localhost',
  ])('T-S21 is not for %s', (url) => {
    expect(watched().transport.relaxed(request(url))).toBe(false)
  })

  test.each([
    'http://localhost@evil.test/',
    'http://evil.test#.localhost/',
    'http://evil.test\\.localhost/',
    'http://x@y.localhost/',
    'http://',
    'http:/localhost/',
    '//localhost/',
    '/path',
    '',
    'ws://localhost/',
  ])('is not for what is no plain address: %s', (url) => {
    expect(watched().transport.relaxed({ url, method: 'GET', headers: new Headers() })).toBe(false)
  })

  test('never with secure: true, and nothing is read then', () => {
    const untouchable = {
      method: 'GET',
      get url(): string {
        throw new Error('read')
      },
      headers: new Headers(),
    }
    expect(watched(true).transport.relaxed(untouchable)).toBe(false)
  })

  test('never in production, and not again later', () => {
    vi.stubEnv('NODE_ENV', 'production')
    const { transport, evidence } = watched()
    expect(transport.relaxed(request('http://localhost/'))).toBe(false)
    vi.stubEnv('NODE_ENV', 'development')
    expect(transport.relaxed(request('http://localhost/'))).toBe(false)
    expect(evidence).toEqual([])
  })

  test('where there is no process, or it may not be asked, is development', () => {
    vi.stubGlobal('process', undefined)
    expect(watched().transport.relaxed(request('http://localhost/'))).toBe(true)
    const refusing = {
      get env(): never {
        throw new Error('requires env access')
      },
    }
    vi.stubGlobal('process', refusing)
    expect(watched().transport.relaxed(request('http://localhost/'))).toBe(true)
  })

  test('Deno is never made to ask on the terminal', () => {
    let asked = false
    const process = {
      get env(): object {
        asked = true
        return {}
      },
    }
    vi.stubGlobal('process', process)
    vi.stubGlobal('Deno', { permissions: { querySync: () => ({ state: 'prompt' }) } })
    expect(watched().transport.relaxed(request('http://localhost/'))).toBe(true)
    expect(asked).toBe(false)
  })

  test('a door that knows how the visitor came is believed, whatever else speaks for or against', () => {
    vi.stubEnv('NODE_ENV', 'production')
    const { transport, evidence } = watched()
    const known = (url: string, secure: boolean) => ({ ...like(url), secure })
    const like = (url: string) => ({ url, method: 'GET', headers: new Headers({ via: '1.1 proxy' }) })
    expect(transport.relaxed(known('http://shop.example/', false))).toBe(true)
    expect(transport.relaxed(known('http://localhost/', true))).toBe(false)
    expect(watched(true).transport.relaxed(known('http://localhost/', false))).toBe(false)
    expect(evidence).toEqual([])
  })

  const contrary = {
    origin: 'https://shop.example',
    referer: 'https://shop.example/cart',
    forwarded: 'for=192.0.2.1',
    via: '1.1 proxy',
    'x-forwarded-for': '192.0.2.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-anything': '',
  }

  test.each(
    Object.entries(contrary),
  )('%s: %s is evidence against it, for good, and reported once', (header, value) => {
    const { transport, evidence } = watched()
    const host = { host: 'localhost:3000' }
    expect(transport.relaxed(request('http://localhost:3000/', host))).toBe(true)
    expect(transport.relaxed(request('http://localhost:3000/', { ...host, [header]: value }))).toBe(false)
    expect(transport.relaxed(request('http://localhost:3000/', { ...host, [header]: value }))).toBe(false)
    expect(transport.relaxed(request('http://localhost:3000/', host))).toBe(false)
    expect(evidence).toEqual([{ header, host: 'localhost:3000' }])
  })

  test.each([
    { origin: 'http://localhost:5173' },
    { origin: 'null' },
    { referer: 'http://127.0.0.1:3000/cart' },
    { referer: 'http://[::1]:3000' },
    { 'user-agent': 'x-forwarded-for', 'x-real-thing': 'via', cookie: 'via=forwarded' },
  ])('%o is no evidence', (headers) => {
    const { transport, evidence } = watched()
    expect(transport.relaxed(request('http://localhost/', headers))).toBe(true)
    expect(evidence).toEqual([])
  })

  test('evidence on a request that is not loopback changes nothing', () => {
    const { transport, evidence } = watched()
    expect(transport.relaxed(request('https://localhost/', contrary))).toBe(false)
    expect(transport.relaxed(request('http://localhost/'))).toBe(true)
    expect(evidence).toEqual([])
  })

  test('headers that can only be asked by name', () => {
    const like = (name: string): Parameters<Loopback['relaxed']>[0] => ({
      url: 'http://localhost/',
      method: 'GET',
      headers: { get: (asked) => (asked === name ? 'x' : null) },
    })
    expect(watched().transport.relaxed(like('accept'))).toBe(true)
    const { transport, evidence } = watched()
    expect(transport.relaxed(like('x-forwarded-host'))).toBe(false)
    expect(evidence).toEqual([{ header: 'x-forwarded-host', host: null }])
  })
})

describe('plain http elsewhere', () => {
  test.each([
    ['http://shop.example/', {}, true],
    ['http://192.168.1.5:3000/', {}, true],
    ['http://localhost/', {}, false],
    ['https://shop.example/', {}, false],
    ['http://shop.example/', { 'x-forwarded-proto': 'https' }, false],
    ['http://shop.example/', { 'x-forwarded-proto': 'https, http' }, false],
    ['http://shop.example/', { 'x-forwarded-proto': 'http' }, true],
    ['http://shop.example/', { forwarded: 'for=192.0.2.1;proto=https' }, false],
    ['http://shop.example/', { forwarded: 'proto="http"' }, true],
  ])('T-S21 %s %o: %s', (url, headers, expected) => {
    expect(isPlainHttpElsewhere(request(url, headers))).toBe(expected)
  })
})
