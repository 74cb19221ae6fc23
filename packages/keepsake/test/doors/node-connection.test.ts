import { describe, expect, it, vi } from 'vitest'
import { type ManagerOptions, SessionError, SessionManager } from '../../src/index.ts'
import { type ConnectionOptions, requestLike } from '../../src/node.ts'
import { COOKIE, type Data, SECRET } from './world.ts'

interface Sent {
  readonly from?: string
  readonly encrypted?: boolean
  readonly [header: string]: string | boolean | undefined
}

/** The address that a manager sees of a request to `http://app.test/`. */
function seen(trustProxy: ConnectionOptions['trustProxy'], sent: Sent): string {
  return request(trustProxy === undefined ? {} : { trustProxy }, sent).url
}

function request(options: ConnectionOptions, { from, encrypted, ...headers }: Sent) {
  const socket = { ...(from && { remoteAddress: from }), ...(encrypted && { encrypted }) }
  return requestLike({ url: '/', headers: { host: 'app.test', ...(headers as object) }, socket }, options)
}

const PROTO = 'x-forwarded-proto'
const HOST = 'x-forwarded-host'
const FOR = 'x-forwarded-for'
const proxied = { [PROTO]: 'https', [HOST]: 'shop.test' }

describe('keepsake/node trustProxy', () => {
  it.each([
    ['nobody, by default', undefined],
    ['another address', ['10.0.0.2']],
    ['another network', ['10.0.0.0/30', '::1', 'fd00::/8', 'loopback']],
    ['an empty list', []],
  ])('believes %s', (_whom, trustProxy) => {
    const headers = { ...proxied, forwarded: 'proto=https;host=shop.test' }
    for (const from of ['10.0.0.9', '::ffff:10.0.0.9', '2001:db8::1', undefined]) {
      expect(seen(trustProxy, { ...headers, ...(from && { from }) })).toBe('http://app.test/')
    }
  })

  it.each([
    ['10.0.0.2', ['10.0.0.2']],
    ['10.255.0.9', ['192.0.2.1', '10.0.0.0/8']],
    ['::ffff:10.0.0.2', ['10.0.0.2']],
    ['127.8.8.8', ['loopback']],
    ['::1', ['loopback']],
    ['::1', ['::1']],
    ['fd00::9', ['fd00::/8']],
    ['192.0.2.1', 1],
    ['', 1],
  ])('believes %s: %o', (from, trustProxy) => {
    expect(seen(trustProxy, { from, ...proxied })).toBe('https://shop.test/')
    expect(seen(trustProxy, { from, forwarded: 'proto=https;host=shop.test' })).toBe('https://shop.test/')
  })

  it.each([
    [
      'the word of the nearest of several',
      1,
      { [PROTO]: 'https, http', [HOST]: 'evil.test, shop.test' },
      'http://shop.test/',
    ],
    [
      'the word of the second',
      2,
      { [PROTO]: 'http,https , http', [HOST]: 'evil.test, shop.test, x.test' },
      'https://shop.test/',
    ],
    ['what the outer said and the inner passed on', 2, { [PROTO]: 'https' }, 'https://app.test/'],
    ['no further than there are words', 9, { [PROTO]: 'https, http' }, 'https://app.test/'],
    [
      'the nearer, where the farther says nothing',
      2,
      { [PROTO]: ', https', [HOST]: 'shop.test' },
      'https://shop.test/',
    ],
    ['the scheme of a socket', 1, { [PROTO]: 'WSS' }, 'https://app.test/'],
    ['http, though the connection is TLS', 1, { encrypted: true, [PROTO]: 'http' }, 'http://app.test/'],
    ['its own eyes, where nothing is said', 1, { encrypted: true }, 'https://app.test/'],
  ])('by number: %s', (_what, trustProxy, sent, url) => {
    expect(seen(trustProxy, sent)).toBe(url)
  })

  const chain = { from: '10.0.0.2', [FOR]: '203.0.113.7, 10.0.0.1', [PROTO]: 'https, http' }

  it.each([
    ['both', ['10.0.0.1', '10.0.0.2'], {}, 'https://app.test/'],
    ['the nearer alone', ['10.0.0.2'], {}, 'http://app.test/'],
    ['the farther alone: nobody', ['10.0.0.1'], {}, 'http://app.test/'],
    [
      'both, and not what the visitor put before them',
      ['10.0.0.0/8'],
      { [FOR]: '10.0.0.9, 203.0.113.7, 10.0.0.1', [PROTO]: 'http, https, http' },
      'https://app.test/',
    ],
    ['both, with a port', ['10.0.0.0/8'], { [FOR]: '203.0.113.7, 10.0.0.1:4711' }, 'https://app.test/'],
    ['no further than an unknown', ['10.0.0.0/8'], { [FOR]: '203.0.113.7, unknown' }, 'http://app.test/'],
    [
      'both, in RFC 7239',
      ['10.0.0.0/8', '2001:db8::1'],
      {
        [FOR]: undefined,
        [PROTO]: undefined,
        forwarded: 'for=_visitor;proto=https, for="[2001:db8::1]:4711";proto=http',
      },
      'https://app.test/',
    ],
  ])('by address, of two: %s', (_whom, trustProxy, sent, url) => {
    expect(seen(trustProxy, { ...chain, ...sent })).toBe(url)
  })

  it.each([
    ['Proto="https" ; HOST="shop.test:8443";', 'https://shop.test:8443/'],
    ['for="a, b;proto=http\\"";proto=https', 'https://app.test/'],
    ['proto=http, ;;proto=https;host=[::1]:3000', 'https://[::1]:3000/'],
    ['host=shop.test:80', 'http://shop.test:80/'],
    // the visitor opens a quote, to swallow what the proxy adds
    ['proto=https;for=", for=203.0.113.7', 'http://app.test/'],
    ['proto=https;for=", for="[2001:db8::1]";proto=http', 'http://app.test/'],
    ['proto', 'http://app.test/'],
    ['proto=javascript;host="evil.test/path"', 'http://app.test/'],
    ['host="user@evil.test"', 'http://app.test/'],
  ])('reads Forwarded: %s', (forwarded, url) => {
    expect(seen(1, { forwarded })).toBe(url)
  })

  it.each([
    FOR,
    PROTO,
    HOST,
  ])('leaves Forwarded to visitors where there is %s, though it be empty', (name) => {
    expect(seen(1, { forwarded: 'proto=https;host=evil.test', [name]: '' })).toBe('http://app.test/')
  })

  it('P26 reads what is long in one pass', () => {
    for (const forwarded of ['"', ' ', ';', ',', 'a', 'a=', 'a="\\', 'a=b,', ' a'].map((text) =>
      text.repeat(200_000 / text.length),
    )) {
      expect(seen(1, { forwarded })).toBe('http://app.test/')
    }
  })

  it.each(
    [
      true,
      false,
      null,
      0,
      -1,
      1.5,
      Number.NaN,
      '1',
      'loopback',
      ['10.0.0.0/33'],
      ['10.0.0.0/0'],
      ['::/129'],
      ['10.0.0.0/8/8'],
      ['10.0.0.1:80'],
      ['10.1'],
      ['proxy.test'],
      [''],
      [1],
      [['10.0.0.1']],
    ].map((trustProxy) => ({ trustProxy })),
  )('refuses $trustProxy, and says what to do', ({ trustProxy }) => {
    const make = () => request({ trustProxy } as ConnectionOptions, {})
    expect(make).toThrow(SessionError)
    expect(make).toThrow(/^trustProxy: .*whoever reaches the port.*say how many there are\.$/)
  })
})

describe("keepsake/node secure: 'auto'", () => {
  const auto = { secure: 'auto' } as const

  /** The cookie that a visitor of this request gets, with its Secure. */
  async function cookieOf(
    options: ConnectionOptions,
    sent: Sent,
    cookie?: ManagerOptions<Data>['cookie'],
  ): Promise<{ name: string | undefined; secure: boolean; events: string[] }> {
    const events: string[] = []
    const sessions = new SessionManager<Data>({
      secrets: SECRET,
      ...(cookie && { cookie }),
      onEvent: ({ type }) => events.push(type),
    })
    const session = await sessions.load(request(options, sent))
    session.data.visits = 1
    const [line = ''] = await sessions.save(session)
    return { name: line.split('=')[0], secure: /; Secure/.test(line), events }
  }

  it('P17 is Secure and prefixed for https, by TLS or by the word of a proxy that is trusted', async () => {
    const strict = { name: COOKIE, secure: true, events: [] }
    expect(await cookieOf(auto, { encrypted: true })).toEqual(strict)
    expect(await cookieOf({ ...auto, trustProxy: 1 }, { [PROTO]: 'https' })).toEqual(strict)
  })

  it('P17 is plain for http on any host, and nothing is to be reported of it', async () => {
    const plain = { name: 'session', secure: false, events: [] }
    expect(await cookieOf(auto, {})).toEqual(plain)
    expect(
      await cookieOf({ ...auto, trustProxy: ['10.0.0.1'] }, { from: '10.0.0.9', [PROTO]: 'https' }),
    ).toEqual(plain)
    expect(await cookieOf({ ...auto, trustProxy: 1 }, { encrypted: true, [PROTO]: 'http' })).toEqual(plain)
    vi.stubEnv('NODE_ENV', 'production')
    expect(await cookieOf(auto, { host: 'localhost' })).toEqual(plain)
    vi.unstubAllEnvs()
  })

  it('P17 yields to cookie.secure: true', async () => {
    const { name, secure, events } = await cookieOf(auto, {}, { secure: true })
    expect({ name, secure }).toEqual({ name: COOKIE, secure: true })
    expect(events).toEqual(['insecure-request'])
  })

  it('keeps the sessions of http and https apart', async () => {
    const sessions = new SessionManager<Data>({ secrets: SECRET })
    const session = await sessions.load(request(auto, {}))
    session.data.visits = 1
    const [value] = (await sessions.save(session)).map((line) => line.slice('session='.length).split(';')[0])
    const planted = `session=${value}; ${COOKIE}=${value}`
    expect((await sessions.load(request(auto, { cookie: planted }))).data.visits).toBe(1)
    expect(
      (await sessions.load(request(auto, { cookie: planted, encrypted: true }))).data.visits,
    ).toBeUndefined()
  })

  it('says nothing of the connection without it', () => {
    expect('secure' in request({ trustProxy: 1 }, proxied)).toBe(false)
  })

  it.each([true, false, 'always'])('refuses %j, and names the other option', (secure) => {
    expect(() => request({ secure } as unknown as ConnectionOptions, {})).toThrow(
      /cookie: \{ secure: true \}/,
    )
  })
})
