import { everywhere, on, promise, withSecrets } from './cases.ts'
import { fails, ok, same } from './expect.ts'
import { attribute, begin, request, turn } from './moves.ts'
import type { Visit } from './world.ts'

const DAY = 86_400
const write = (session: Visit): void => {
  session.data.n = ((session.data.n as number | undefined) ?? 0) + 1
}

export const p18 = promise(18, 'idle and absolute limits hold on the server', [
  everywhere('a cookie replayed after the idle limit opens nothing', async (bench) => {
    const sessions = bench.make({ idleTimeout: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance(3_599)
    same((await sessions.explain(request(cookie))).outcome, 'loaded', 'a second before')
    bench.clock.advance(1)
    const { session } = await turn(sessions, cookie)
    same([session.isNew, session.data], [true, {}])
  }),
  everywhere('no use of it moves the absolute limit', async (bench) => {
    const sessions = bench.make({ lifetime: '1d', idleTimeout: '2h', renewAfter: '10m' })
    let cookie = await begin(sessions)
    for (let hour = 1; hour < 24; hour++) {
      bench.clock.advance('1h')
      const next = await turn(sessions, cookie, hour % 2 ? write : (session) => session.data)
      same(next.session.isNew, false, `hour ${hour}`)
      cookie = next.cookie
    }
    bench.clock.advance('1h')
    same((await turn(sessions, cookie)).session.outcome, 'expired-absolute')
  }),
  everywhere('use moves the idle limit', async (bench) => {
    const sessions = bench.make({ lifetime: '30d', idleTimeout: '1d' })
    let cookie = await begin(sessions)
    for (let i = 0; i < 20; i++) {
      bench.clock.advance('20h')
      const next = await turn(sessions, cookie)
      same(next.session.isNew, false)
      cookie = next.cookie
    }
  }),
  everywhere('a limit that is lowered counts at once, one that is raised revives nothing', async (bench) => {
    const sessions = bench.make({ lifetime: '10d', idleTimeout: '2d' })
    const cookie = await begin(sessions)
    bench.clock.advance('1d')
    const stricter = bench.make({ lifetime: '10d', idleTimeout: '12h' })
    const looser = bench.make({ lifetime: '30d', idleTimeout: '20d' })
    if (bench.sealed) same((await turn(stricter, cookie)).session.outcome, 'expired-idle')
    same((await turn(bench.make({ lifetime: '12h' }), cookie)).session.outcome, 'expired-absolute')
    same((await looser.explain(request(cookie))).outcome, 'loaded')
    bench.clock.advance('1d')
    same((await turn(looser, cookie)).session.isNew, true, 'revived')
  }),
  on('sealed', 'Max-Age follows the idle limit, up to the absolute one', async (bench) => {
    const sessions = bench.make({ lifetime: '10d', idleTimeout: '7d', renewAfter: '1h' })
    const first = await turn(sessions, null, write)
    same(attribute(first.sent[0], 'max-age'), String(7 * DAY))
    bench.clock.advance('6d')
    const later = await turn(sessions, first.cookie)
    same(attribute(later.sent[0], 'max-age'), String(4 * DAY))
  }),
  on('stored', 'Max-Age reaches to the absolute limit', async (bench) => {
    const { sent } = await turn(bench.make({ lifetime: '10d', idleTimeout: '1d' }), null, write)
    same(attribute(sent[0], 'max-age'), String(10 * DAY))
  }),
  everywhere('persistent: false ends with the browser, for all', async (bench) => {
    const { sent } = await turn(bench.make({ persistent: false }), null, write)
    same([attribute(sent[0], 'max-age'), attribute(sent[0], 'expires')], [undefined, undefined])
  }),
  everywhere('remember(false) ends one with the browser, and renewals repeat it', async (bench) => {
    const sessions = bench.make({ renewAfter: '1h', ...(!bench.sealed && { rotateEvery: '1h' }) })
    const first = await turn(sessions, null, (session) => {
      write(session)
      session.remember(false)
    })
    same(attribute(first.sent[0], 'max-age'), undefined)
    bench.clock.advance('2h')
    const renewed = await turn(sessions, first.cookie)
    same([renewed.sent.length, attribute(renewed.sent[0], 'max-age')], [1, undefined])
    bench.clock.advance('2h')
    const written = await turn(sessions, renewed.cookie, (session) => session.regenerate())
    same(attribute(written.sent[0], 'max-age'), undefined)
  }),
  everywhere('remember with a duration keeps one longer, and shows it in a browser', async (bench) => {
    const sessions = bench.make({ persistent: false, lifetime: '60d', idleTimeout: '1h' })
    const first = await turn(sessions, await begin(sessions), (session) => session.remember('30d'))
    ok(Number(attribute(first.sent[0], 'max-age')) >= 30 * DAY, `${first.sent[0]}`)
    bench.clock.advance('20d')
    const later = await turn(sessions, first.cookie, write)
    same(later.session.isNew, false)
    bench.clock.advance('20d')
    same((await turn(sessions, later.cookie)).session.data, { n: 2 })
  }),
  everywhere('but never beyond lifetime', async (bench) => {
    const sessions = bench.make({ lifetime: '2d', idleTimeout: '1d' })
    const first = await turn(sessions, null, (session) => {
      write(session)
      session.remember('30d')
    })
    same(attribute(first.sent[0], 'max-age'), String(2 * DAY))
    same(first.session.expiresAt, bench.clock.now() + 2 * DAY * 1_000)
    bench.clock.advance('2d')
    same((await turn(sessions, first.cookie)).session.isNew, true)
  }),
  everywhere('nothing lasts over 400 days', async (bench) => {
    await fails('config', () => bench.make({ lifetime: '401d' }))
    const { sent } = await turn(bench.make({ lifetime: '400d', idleTimeout: '400d' }), null, write)
    same(attribute(sent[0], 'max-age'), String(400 * DAY))
  }),
  everywhere('times that contradict each other are refused', async (bench) => {
    for (const options of [
      { lifetime: '1d', idleTimeout: '2d' },
      { idleTimeout: '1h', renewAfter: '31m' },
      { lifetime: 0 },
      { lifetime: -5 },
      { lifetime: Number.NaN },
      { lifetime: '5 days' },
    ]) {
      await fails('config', () => bench.make(options as never))
    }
  }),
  on(withSecrets, 'a one-off token opens until its ttl is over', async (bench) => {
    const sessions = bench.make()
    const token = await sessions.seal('invite', 'ada', { ttl: '1h' })
    bench.clock.advance(3_599)
    same(await sessions.unseal('invite', token), 'ada')
    bench.clock.advance(1)
    same(await sessions.unseal('invite', token), undefined)
  }),
  on('stored', 'list shows the live ones, with their times', async (bench) => {
    const sessions = bench.make({ lifetime: '10d', idleTimeout: '2d' })
    await begin(sessions, (session) => session.login('ada', { label: 'old' }))
    bench.clock.advance('1d')
    const { session } = await turn(sessions, null, (it) => it.login('ada', { label: 'new' }))
    const now = bench.clock.now()
    const mine = {
      id: session.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + 2 * DAY * 1_000,
      authenticatedAt: now,
      label: 'new',
    }
    const all = await sessions.list('ada')
    same(all.map(({ label }) => label).sort(), ['new', 'old'])
    same(
      all.find(({ id }) => id === mine.id),
      mine,
    )
    same(
      await bench.make({ lifetime: '1d' }).list('ada'),
      [mine].map((it) => ({ ...it, expiresAt: now + DAY * 1_000 })),
    )
    bench.clock.advance('1d')
    same(
      (await sessions.list('ada')).map(({ label }) => label),
      ['new'],
    )
    const page = await sessions.list('ada', { limit: 1, after: mine.id })
    same(page, [])
  }),
  everywhere('expiresAt and absoluteExpiresAt say when', async (bench) => {
    const sessions = bench.make({ lifetime: '10d', idleTimeout: '2d' })
    const { session } = await turn(sessions, await begin(sessions))
    same(
      [session.expiresAt, session.absoluteExpiresAt],
      [bench.clock.now() + 2 * DAY * 1_000, bench.clock.now() + 10 * DAY * 1_000],
    )
  }),
])
