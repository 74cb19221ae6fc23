import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type CookieSessionOptions, fromCookieSession } from '../../src/import/cookie-session.ts'
import { SessionManager } from '../../src/index.ts'
import { browser } from '../../src/testing.ts'
import { failure, SECRETS } from '../core/kit.ts'
import { hostileTests, type Jar, open, vectors } from './kit.ts'

type Data = Record<string, unknown>

interface Vectors {
  vectors: readonly {
    format: string
    case: string
    options: { name: string; keys: string[] | string | null }
    set_cookie: string[]
    read_back: Data
  }[]
}

// loaded without their types, which would change those of Express for every file
const load = createRequire(import.meta.url)
const cookieSession = load('cookie-session')
const Keygrip = load('keygrip')

const UNTIL = '2099-01-01'
const NOW = Date.parse('2026-11-20T10:27:00Z')
const map = (old: Data): Data => old
const made = vectors<Vectors>('express').vectors.filter(({ format }) => format.startsWith('cookie-session'))

function jarOf(lines: readonly string[]): Jar {
  const pairs = lines.map((line) => line.split(';', 1)[0] ?? '')
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}

const read = (options: Partial<CookieSessionOptions<Data, Data>>, jar: Jar) =>
  open(fromCookieSession({ keys: ['key1'], until: UNTIL, map, ...options }), jar, NOW)

describe('vectors', () => {
  const how: Readonly<Record<string, Partial<CookieSessionOptions<Data, Data>>>> = {
    'keys array': { keys: ['key0', 'key1'] },
    secret: { keys: 'only-key', name: 'sess' },
    'keygrip sha384': { algorithm: 'sha384' },
    'keygrip sha256 hex': { algorithm: 'sha256', encoding: 'hex' },
  }
  const signed = made.filter(({ case: name }) => name in how)

  test.each(signed)('$case', async ({ case: name, set_cookie, read_back }) => {
    expect(await read(how[name] ?? {}, jarOf(set_cookie))).toEqual({ data: read_back })
    expect(await read({ ...how[name], keys: ['another'] }, jarOf(set_cookie))).toBeUndefined()
  })

  test('another algorithm, another encoding, another name', async () => {
    const jar = jarOf(signed.find(({ case: name }) => name === 'keygrip sha256 hex')?.set_cookie ?? [])
    expect(await read({ algorithm: 'sha256' }, jar)).toBeUndefined()
    expect(await read({ algorithm: 'sha384', encoding: 'hex' }, jar)).toBeUndefined()
    const renamed = { sess: jar.session ?? '', 'sess.sig': jar['session.sig'] ?? '' }
    expect(await read({ algorithm: 'sha256', encoding: 'hex', name: 'sess' }, renamed)).toBeUndefined()
  })

  test('an unsigned session is nobody', async () => {
    const unsigned = made.find(({ case: name }) => name === 'unsigned')
    expect(await read({}, jarOf(unsigned?.set_cookie ?? []))).toBeUndefined()
  })
})

describe('signed, but no session', () => {
  test.each([
    'bnVsbA==',
    'NDI=',
    'IngiCg==',
    'W10=',
    'e30',
    '',
    'e',
    '/w==',
    'bm90IEpTT04=',
  ])('%j', async (value) => {
    const signature = new Keygrip(['key1']).sign(`session=${value}`)
    const taken = await read({}, { session: value, 'session.sig': signature })
    expect(taken).toEqual(value === 'e30' ? { data: {} } : undefined)
  })
})

test('a prototype among the data stays outside', async () => {
  const value = Buffer.from('{"a":{"__proto__":{"b":1}},"__proto__":{"admin":true}}').toString('base64')
  const signature = new Keygrip(['key1']).sign(`session=${value}`)
  const assigned = (old: Data): Data => Object.assign({}, old)
  const taken = await read({ map: assigned }, { session: value, 'session.sig': signature })
  expect((taken as { data: Data }).data.admin).toBeUndefined()
  expect(taken).toEqual({ data: { a: {} } })
})

test.each([
  ['keys', { keys: undefined }],
  ['keys', { keys: [] }],
  ['keys', { keys: [''] }],
  ['algorithm', { algorithm: 'md5' }],
  ['algorithm', { algorithm: 'toString' }],
  ['encoding', { encoding: 'latin1' }],
])('%s must fit', async (name, more) => {
  const options = { keys: ['key1'], until: UNTIL, map, ...more }
  const { message } = await failure('config', () => fromCookieSession(options as never))
  expect(message).toContain(name)
})

describe('hostile input', () => {
  hostileTests(() => ({
    reader: fromCookieSession<object, never>({ keys: ['key1'], until: UNTIL, map: map as never }),
    genuine: [
      jarOf(made.find(({ case: name }) => name === 'keys array')?.set_cookie ?? []),
      signedJar({ user: 'ada', list: ['x'.repeat(40)] }),
    ],
    now: NOW,
  }))
})

function signedJar(content: Data): Jar {
  const value = Buffer.from(JSON.stringify(content)).toString('base64')
  return { session: value, 'session.sig': new Keygrip(['key1']).sign(`session=${value}`) }
}

test.each([
  ['keys', ['old key'], {}],
  ['a Keygrip', new Keygrip(['old key'], 'sha256'), { algorithm: 'sha256' }],
] as const)('a visitor of cookie-session with %s moves in', async (_, keys, more) => {
  const old = cookieSession({ keys, maxAge: 60_000 })
  const server = createServer((req, res) =>
    old(req, res, () => {
      Object.assign(req, { session: { user: 'ada', cart: ['tea', 'Zoë'] } })
      res.end('ok')
    }),
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  const lines = (await fetch(`http://127.0.0.1:${port}`)).headers.getSetCookie()
  await promisify(server.close.bind(server))()
  expect(lines).toHaveLength(2)
  const reader = fromCookieSession<{ user: string; cart: string[] }, { cart: string[] }>({
    keys: ['newer key', 'old key'],
    until: UNTIL,
    map: ({ cart }) => ({ cart }),
    owner: ({ user }) => user,
    ...more,
  })
  const sessions = new SessionManager<{ cart: string[] }>({ secrets: SECRETS[0], accept: [reader] })
  const visitor = browser((request) =>
    sessions.run(request, ({ outcome, owner, data }) => Response.json([outcome, owner, data.cart])),
  )
  for (const line of lines) expect(visitor.plant(line.replace(/; expires=[^;]+/i, ''))).toBe(true)
  expect(await (await visitor.get('/')).json()).toEqual(['accepted', 'ada', ['tea', 'Zoë']])
  expect(visitor.cookies().map(({ name }) => name)).toEqual(['__Host-Http-session'])
  expect(await (await visitor.get('/')).json()).toEqual(['loaded', 'ada', ['tea', 'Zoë']])
})
