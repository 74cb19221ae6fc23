import { everywhere, on, promise, withSnapshots } from './cases.ts'
import { fails, ok, same } from './expect.ts'
import { attribute, bare, begin, NAME, request, turn } from './moves.ts'
import type { Bench } from './world.ts'

const BAD_COOKIES: readonly object[] = [
  { name: 'a b' },
  { name: 'a;b' },
  { name: '' },
  { name: 'sé' },
  { name: '__host-session' },
  { name: '__Host-session', domain: 'example.test' },
  { name: '__Host-session', path: '/app' },
  { name: '__Host-Http-session', path: '/app' },
  { name: 'x'.repeat(257) },
  { domain: '.example.test' },
  { domain: 'localhost' },
  { domain: '127.0.0.1' },
  { domain: 'exa mple.test' },
  { path: 'app' },
  { path: '/a;b' },
  { path: `/${'x'.repeat(1024)}` },
  { sameSite: 'Lax' },
  { secure: false },
  { maxAge: 60 },
  { httpOnly: false },
]

/** The Set-Cookie of a new session for a request like this. */
async function cookieFor(
  bench: Bench,
  url: string,
  headers: Record<string, string> = {},
  options = {},
): Promise<string> {
  const sessions = bench.make(options)
  const session = await sessions.load(request(null, { url, headers }))
  session.data.n = 1
  return (await sessions.save(session))[0] ?? ''
}

const isSecure = (line: string): boolean =>
  line.startsWith('__Host-Http-session=') && attribute(line, 'secure') === true

export const p17 = promise(17, 'a cookie that browsers would drop is an error', [
  on(
    'sealed',
    'too much data is an error with size, limit, largest keys and remedy; nothing is sent',
    async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions)
      const error = await fails('too_large', () =>
        turn(sessions, cookie, (session) => {
          session.data.big = 'x'.repeat(4_000)
          session.data.bigger = 'y'.repeat(5_000)
          session.data.small = 1
        }),
      )
      ok((error.size ?? 0) > 9_000 && error.limit === 4096, `size ${error.size}, limit ${error.limit}`)
      for (const word of ['bigger', 'big', '4096', String(error.size), 'store'])
        ok(error.message.includes(word), `${word} is not named: ${error.message}`)
      ok(!error.message.includes('xxx'), 'the message shows data')
      ok(error.message.indexOf('bigger') < error.message.indexOf('big ('), 'the largest comes first')
      same(
        bench.events.some(({ type }) => type === 'too-large'),
        true,
      )
      same((await turn(sessions, cookie)).session.data, { n: 1 })
    },
  ),
  on('sealed', 'flash counts, and so do bytes', async (bench) => {
    const { message } = await fails('too_large', () =>
      turn(bench.make(), null, (session) => {
        session.data.short = 'x'.repeat(1_500)
        session.data.wide = '€'.repeat(1_000)
        session.flash('notice', 'x'.repeat(4_000))
      }),
    )
    const [flash, wide, short] = ['notice', 'wide (3002 bytes)', 'short (1502 bytes)'].map((it) =>
      message.indexOf(it),
    )
    ok(flash && wide && short && flash > 0 && flash < wide && wide < short, message)
  }),
  on('sealed', 'the limit is 4096 bytes of name and value, exactly', async (bench) => {
    const sessions = bench.make()
    const sizes: number[] = []
    for (let length = 2_500; length < 3_100; length++) {
      const turned = await turn(sessions, null, (session) => {
        session.data.x = 'x'.repeat(length)
      }).catch((error) => {
        same(error.code, 'too_large')
        ok(error.size > 4096, `refused at ${error.size}`)
      })
      if (!turned) break
      const pair = (turned.sent[0] ?? '').split(';', 1)[0] ?? ''
      ok(pair.length - 1 <= 4096, `sent ${pair.length}`)
      sizes.push(pair.length - 1)
    }
    const most = Math.max(...sizes)
    ok(most > 4_080 && sizes.length < 600, `the largest sent has ${most} bytes`)
  }),
  on(withSnapshots, 'a snapshot that they would drop is left out, with an event', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, await begin(sessions), (it) => {
      it.data.big = 'x'.repeat(5_000)
    })
    same(cookie, bare(cookie), 'the former snapshot stayed')
    same(bench.events, [{ type: 'snapshot-too-large', id: session.id }])
    same((await turn(sessions, cookie)).session.data.n, 1)
  }),
  on('stored', 'a store holds far more than a cookie', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions, (session) => {
      session.data.big = 'x'.repeat(50_000)
    })
    ok(cookie.length < 300, 'the cookie grew')
    same((await turn(sessions, cookie)).session.data.big, 'x'.repeat(50_000))
  }),
  everywhere(
    'names, domains, paths and attributes that browsers refuse are refused at construction',
    async (bench) => {
      for (const cookie of BAD_COOKIES) {
        const { message } = await fails('config', () => bench.make({ cookie: cookie as never }))
        ok(message.length > 20, `no remedy: ${message}`)
      }
    },
  ),
  everywhere(
    'by default the cookie is prefixed, Secure, HttpOnly, Lax, and for the whole host, whatever the URL says',
    async (bench) => {
      for (const url of [
        'https://example.test/',
        'http://example.test/',
        'http://10.0.0.7:8080/',
        'http://localhost.example.test/',
        'http://127.0.0.1.example.test/',
        'https://localhost/',
      ]) {
        const line = await cookieFor(bench, url)
        ok(isSecure(line), `${url}: ${line}`)
        same(
          [
            attribute(line, 'httponly'),
            attribute(line, 'samesite'),
            attribute(line, 'path'),
            attribute(line, 'domain'),
          ],
          [true, 'Lax', '/', undefined],
        )
      }
    },
  ),
  everywhere('on plain http to this machine it is neither prefixed nor Secure', async (bench) => {
    for (const url of [
      'http://localhost/',
      'http://localhost:3000/',
      'http://app.localhost/',
      'http://127.0.0.1/',
      'http://127.1.2.3:80/',
      'http://[::1]:8080/',
    ]) {
      const line = await cookieFor(bench, url)
      same(
        [line.startsWith('session='), attribute(line, 'secure'), attribute(line, 'httponly')],
        [true, undefined, true],
        url,
      )
    }
  }),
  everywhere('unless anything speaks against it', async (bench) => {
    const local = 'http://localhost:3000/'
    same(isSecure(await cookieFor(bench, local, {}, { cookie: { secure: true } })), true, 'secure: true')
    const evidence: readonly Record<string, string>[] = [
      { origin: 'https://example.test' },
      { referer: 'https://example.test/page' },
      { forwarded: 'for=192.0.2.1' },
      { via: '1.1 proxy' },
      { 'x-forwarded-for': '192.0.2.1' },
      { 'x-forwarded-proto': 'https' },
      { 'x-forwarded-host': 'example.test' },
      { 'x-forwarded-anything': 'x' },
    ]
    for (const headers of evidence)
      same(isSecure(await cookieFor(bench, local, headers)), true, Object.keys(headers)[0])
    for (const headers of [
      { origin: 'http://localhost:5173' },
      { referer: 'http://127.0.0.1/x' },
      { origin: 'null' },
    ] as Record<string, string>[]) {
      same(isSecure(await cookieFor(bench, local, headers)), false, JSON.stringify(headers))
    }
  }),
  everywhere('in production it stays Secure even there', async (bench) => {
    const { env } = (globalThis as { process?: { env: Record<string, string | undefined> } }).process ?? {}
    if (!env) return
    const before = env.NODE_ENV
    env.NODE_ENV = 'production'
    try {
      same(isSecure(await cookieFor(bench, 'http://localhost/')), true)
    } finally {
      if (before === undefined) Reflect.deleteProperty(env, 'NODE_ENV')
      else env.NODE_ENV = before
    }
  }),
  everywhere(
    'evidence once seen holds for the life of the manager, and is reported with the Host',
    async (bench) => {
      const sessions = bench.make()
      const use = async (headers: Record<string, string>): Promise<string> => {
        const session = await sessions.load(request(null, { url: 'http://127.0.0.1:3000/', headers }))
        session.data.n = 1
        return (await sessions.save(session))[0] ?? ''
      }
      same(isSecure(await use({})), false)
      same(isSecure(await use({ 'x-forwarded-for': '192.0.2.1', host: 'shop.example.test' })), true)
      same(isSecure(await use({})), true, 'forgotten')
      const reports = bench.events.filter(({ type }) => type === 'behind-proxy')
      same(reports, [{ type: 'behind-proxy', header: 'x-forwarded-for', host: 'shop.example.test' }])
    },
  ),
  everywhere('plain http elsewhere is reported, with the remedy', async (bench) => {
    const sessions = bench.make()
    const asked = request(null, { url: 'http://example.test/', headers: { host: 'example.test' } })
    const { data } = await sessions.load(asked)
    same(data, {})
    same(
      bench.events.map(({ type }) => type),
      ['insecure-request'],
    )
    const { code, remedy, message } = await sessions.explain(asked)
    same(code, 'insecure-request')
    ok(remedy.includes('https') && message.includes(NAME), `${message} ${remedy}`)
  }),
  everywhere('SameSite=None and Partitioned are Secure too', async (bench) => {
    const line = await cookieFor(
      bench,
      'https://example.test/',
      {},
      { cookie: { sameSite: 'none', partitioned: true } },
    )
    same(
      [attribute(line, 'samesite'), attribute(line, 'secure'), attribute(line, 'partitioned')],
      ['None', true, true],
    )
    const local = await cookieFor(
      bench,
      'http://localhost/',
      {},
      { cookie: { sameSite: 'none', partitioned: true } },
    )
    same(
      [attribute(local, 'samesite'), attribute(local, 'secure'), attribute(local, 'partitioned')],
      ['Lax', undefined, undefined],
    )
  }),
])
