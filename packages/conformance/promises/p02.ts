import { everywhere, on, promise, withSnapshots } from './cases.ts'
import { ok, same } from './expect.ts'
import { after, attribute, begin, loaded, own, request, tokenOf, turn } from './moves.ts'

export const p02 = promise(2, 'reading writes nothing but a rare renewal', [
  everywhere('twenty reads write nothing', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    bench.store.forget()
    for (let i = 0; i < 20; i++) same((await turn(sessions, cookie)).sent, [])
    ok(
      bench.store.calls.every((call) => call === 'get'),
      `store calls: ${bench.store.calls}`,
    )
  }),
  on('stored', 'a renewal is one touch, at most once per renewAfter, without a cookie', async (bench) => {
    const sessions = bench.make({ renewAfter: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance(3599)
    bench.store.forget()
    await turn(sessions, cookie)
    same(bench.store.count('touch'), 0, 'touches one second early')
    bench.clock.advance(1)
    for (let i = 0; i < 5; i++) same((await turn(sessions, cookie)).sent, [])
    same(bench.store.count('touch'), 1, 'touches')
    ok(
      bench.store.calls.every((call) => call === 'get' || call === 'touch'),
      `store calls: ${bench.store.calls}`,
    )
    bench.clock.advance('1h')
    await turn(sessions, cookie)
    same(bench.store.count('touch'), 2, 'touches after another hour')
  }),
  on(
    withSnapshots,
    'one read of the store answers for maxAge, and renews the snapshot once',
    async (bench) => {
      const sessions = bench.make()
      let cookie = await begin(sessions)
      bench.clock.advance('1m')
      for (let minute = 0; minute < 5; minute++) {
        bench.store.forget()
        const read = await sessions.load(request(cookie))
        same(read.data, { n: 1 })
        const sent = await sessions.save(read)
        same([sent.length, own(sent)], [1, []], 'the first read of a minute')
        cookie = after(cookie, sent)
        bench.clock.advance(59)
        for (let i = 0; i < 20; i++) {
          const again = await sessions.load(request(cookie))
          same([again.data, await sessions.save(again)], [{ n: 1 }, []])
        }
        same(bench.store.calls, ['get'])
        bench.clock.advance(1)
      }
    },
  ),
  on('stored', 'a renewal changes neither the record nor its version, and moves its end', async (bench) => {
    const sessions = bench.make({ idleTimeout: '7d', renewAfter: '1h' })
    const cookie = await begin(sessions)
    const id = (await turn(sessions, cookie)).session.id
    const before = await bench.store.peek(id)
    bench.clock.advance('2h')
    await turn(sessions, cookie)
    const renewed = await bench.store.peek(id)
    same([renewed?.value, renewed?.version], [before?.value, before?.version])
    same(renewed?.expires.getTime(), bench.clock.now() + 7 * 86_400_000)
  }),
  on('stored', 'a renewal never creates a record', async (bench) => {
    const sessions = bench.make({ renewAfter: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance('2h')
    const late = await loaded(sessions, cookie)
    await turn(sessions, cookie, (session) => session.destroy())
    same(own(await sessions.save(late)), [])
    same(await bench.store.peek(late.id), null)
  }),
  on('sealed', 'a renewal sends a seal at most once per renewAfter, with the same data', async (bench) => {
    const sessions = bench.make({ renewAfter: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance(3599)
    same((await turn(sessions, cookie)).sent, [], 'one second early')
    bench.clock.advance(1)
    const renewed = await turn(sessions, cookie)
    same(renewed.sent.length, 1)
    const again = await turn(sessions, renewed.cookie)
    same(again.sent, [])
    same([again.session.data, again.session.id], [{ n: 1 }, renewed.session.id])
    same(again.session.lastSeenAt, bench.clock.now())
  }),
  everywhere('a renewal of data that was migrated does not migrate it twice', async (bench) => {
    const cookie = await begin(bench.make())
    const migrate = (data: Record<string, unknown>): unknown => ({ ...data, n: (data.n as number) + 1 })
    const sessions = bench.make({
      version: 1,
      migrate,
      renewAfter: '1h',
      ...(!bench.sealed && { rotateEvery: '2h' }),
    })
    bench.clock.advance('3h')
    const first = await turn(sessions, cookie)
    same(first.session.data, { n: 2 })
    const second = await turn(sessions, first.cookie)
    same(second.session.data, { n: 2 })
  }),
  on('stored', 'Max-Age is set once, to the absolute limit', async (bench) => {
    const sessions = bench.make({ lifetime: '30d', idleTimeout: '1d' })
    const first = await turn(sessions, null, (session) => {
      session.data.n = 1
    })
    same(attribute(first.sent[0], 'max-age'), String(30 * 86_400))
    bench.clock.advance('20h')
    const changed = await turn(sessions, first.cookie, (session) => {
      session.data.n = 2
    })
    same(changed.sent, [], 'a change sends no cookie')
  }),
  on('stored', 'no response carries a secret that its request presented', async (bench) => {
    const sessions = bench.make({ rotateEvery: '1m', renewAfter: '30s' })
    let cookie = await begin(sessions)
    let told = 0
    for (let i = 0; i < 30; i++) {
      bench.clock.advance('40s')
      const { sent, cookie: next } = await turn(sessions, cookie, (session) => {
        if (i % 3 === 0) session.data.n = i
        if (i % 7 === 6) session.regenerate()
        if (i % 11 === 10) session.login('ada')
        if (i % 13 === 12) session.remember('2d')
      })
      const presented = tokenOf(cookie)
      ok(!sent.some((line) => line.includes(presented)), `request ${i} got back what it presented`)
      told += sent.length
      cookie = next
    }
    ok(told > 5, `only ${told} cookies were sent: nothing was tried`)
  }),
])
