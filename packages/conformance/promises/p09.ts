import { everywhere, on, promise } from './cases.ts'
import { same } from './expect.ts'
import { attribute, bare, begin, carrying, NAME, request, tampered, tokenOf, turn } from './moves.ts'
import type { Visit } from './world.ts'

const end = (session: Visit): void => session.destroy()
const ATTRIBUTES = ['path', 'domain', 'secure', 'httponly', 'samesite', 'partitioned']

const lineOf = (sent: readonly string[], name: string): string | undefined =>
  sent.find((line) => line.startsWith(`${name}=`))

export const p09 = promise(9, 'logout works as the first call', [
  everywhere('as the first call it ends the session and clears the cookie', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    const { sent, cookie: left } = await turn(sessions, cookie, end)
    const line = lineOf(sent, NAME)
    same([line?.startsWith(`${NAME}=;`), attribute(line, 'max-age')], [true, '0'])
    same(left.includes(`${NAME}=`), false, 'the browser keeps it')
    if (!bench.sealed) {
      same(await bench.store.peek(session.id), null)
      same((await turn(sessions, bare(cookie))).session.outcome, 'unknown')
    }
  }),
  everywhere('the cookie is cleared with the name, path and domain it was set with', async (bench) => {
    const cookies = [
      {},
      { name: 'sid' },
      { name: '__Host-sid', sameSite: 'strict' },
      { domain: 'example.test', path: '/app' },
      { name: '__Secure-sid', partitioned: true, sameSite: 'none' },
    ] as const
    for (const cookie of cookies) {
      const sessions = bench.make({ cookie })
      const set = await turn(sessions, null, (session) => {
        session.data.n = 1
      })
      const name = (set.sent[0] ?? '').split('=', 1)[0] ?? ''
      const cleared = lineOf((await turn(sessions, set.cookie, end)).sent, name)
      for (const attr of ATTRIBUTES)
        same(attribute(cleared, attr), attribute(set.sent[0], attr), `${name} ${attr}`)
      same(attribute(cleared, 'max-age'), '0')
    }
  }),
  everywhere('so is the development cookie, in a browser', async (bench) => {
    const sessions = bench.make()
    const app = (it: Request): Promise<Response> =>
      sessions.run(it, (session) => {
        if (it.url.endsWith('/in')) session.data.n = 1
        if (it.url.endsWith('/out')) session.destroy()
        return new Response(String(session.data.n))
      })
    for (const origin of ['https://example.test', 'http://localhost:3000', 'http://127.0.0.1']) {
      const visitor = bench.lib.browser(app, { origin, now: bench.clock.now })
      await visitor.get('/in')
      same(await visitor.text('/'), '1', origin)
      await visitor.get('/out')
      same(
        visitor.cookies().filter(({ name }) => name.endsWith('session')),
        [],
        origin,
      )
      same(await visitor.text('/'), 'undefined', origin)
    }
  }),
  everywhere('an id with junk behind it ends nobody', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    const value = tokenOf(cookie)
    const values = [
      tampered(value),
      tampered(value, value.length - 6),
      `${value}A`,
      value.slice(0, -4),
      session.id,
    ]
    for (const forged of values) await turn(sessions, carrying(forged), end)
    const { session: now } = await turn(sessions, cookie)
    same([now.outcome, now.data], ['loaded', { n: 1 }])
  }),
  everywhere('without a cookie there is nothing to clear', async (bench) => {
    same((await turn(bench.make(), null, end)).sent, [])
    same(bench.store.calls, [])
  }),
  everywhere('a cookie that opens nothing is cleared all the same', async (bench) => {
    const { sent } = await turn(bench.make(), carrying('junk'), end)
    same(
      sent.map((line) => attribute(line, 'max-age')),
      ['0'],
    )
  }),
  on('stored', 'it ends a session that has just expired, too', async (bench) => {
    const sessions = bench.make({ lifetime: '2h', idleTimeout: '2h' })
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    bench.clock.advance(7_000)
    const stricter = bench.make({ lifetime: '1h', idleTimeout: '1h' })
    const out = await turn(stricter, cookie, end)
    same(out.sent.length, 1)
    same(await bench.store.peek(session.id), null)
  }),
  everywhere('what is written after it begins another session', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    const next = await turn(sessions, cookie, (it) => {
      it.destroy()
      same([it.data, it.isNew, it.owner], [{}, true, undefined])
      it.data.m = 2
    })
    const { session: now } = await turn(sessions, next.cookie)
    same([now.data, now.id === session.id], [{ m: 2 }, false])
    if (!bench.sealed) same(await bench.store.peek(session.id), null)
  }),
  everywhere('it works through commit as well', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const session = await sessions.load(request(cookie))
    session.destroy()
    const response = await sessions.commit(session, new Response('bye'))
    same(attribute(lineOf(response.headers.getSetCookie(), NAME), 'max-age'), '0')
  }),
])
