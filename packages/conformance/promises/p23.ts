import { everywhere, on, promise, signedTokens } from './cases.ts'
import { ok, same } from './expect.ts'
import { begin, carrying, NAME, request, tampered, tokenOf, turn } from './moves.ts'

export const p23 = promise(23, 'of several cookies of our name nothing is guessed', [
  everywhere('exactly one authenticates: it is used, wherever it stands, and reported', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const junk = [carrying('junk'), carrying(tampered(tokenOf(cookie))), carrying('x'.repeat(50))]
    for (let at = 0; at <= junk.length; at++) {
      bench.events.length = 0
      const { session, sent } = await turn(sessions, junk.toSpliced(at, 0, cookie).join('; '))
      same([session.outcome, session.data, sent], ['loaded', { n: 1 }, []], `at ${at}`)
      same(bench.events, [{ type: 'duplicate-ignored', name: NAME, count: 4, id: session.id }])
    }
  }),
  everywhere('two different ids authenticate: anonymous, reported, and nothing is deleted', async (bench) => {
    const sessions = bench.make()
    const [mine, tossed] = [
      await begin(sessions),
      await begin(sessions, (session) => session.login('mallory')),
    ]
    bench.events.length = 0
    bench.store.forget()
    for (const header of [
      `${mine}; ${tossed}`,
      `${tossed}; ${mine}`,
      `${carrying('junk')}; ${tossed}; ${mine}`,
    ]) {
      const { session, sent } = await turn(sessions, header)
      same([session.outcome, session.data, session.owner, sent], ['duplicate', {}, undefined, []])
    }
    same(
      bench.events.map(({ type }) => type),
      ['duplicate', 'duplicate', 'duplicate'],
    )
    same(bench.store.count('delete'), 0)
    for (const cookie of [mine, tossed]) same((await turn(sessions, cookie)).session.outcome, 'loaded')
  }),
  everywhere('the same cookie twice counts once', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    same((await turn(sessions, `${cookie}; ${cookie}; ${cookie}`)).session.outcome, 'loaded')
    same(bench.events, [])
  }),
  everywhere('at most four are tried', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const others = await Promise.all(
      Array.from({ length: 4 }, () => begin(bench.make({ audience: 'other' }))),
    )
    const junk = others.join('; ')
    const { session } = await turn(sessions, `${junk}; ${cookie}`)
    same(session.isNew, true, 'a fifth was tried')
    same((await turn(sessions, `${cookie}; ${junk}`)).session.outcome, 'loaded')
  }),
  on('stored', 'and at most four reach the store', async (bench) => {
    const sessions = bench.make()
    const cookies = await Promise.all(Array.from({ length: 12 }, () => begin(sessions)))
    bench.store.forget()
    await turn(sessions, cookies.join('; '))
    ok(bench.store.calls.length <= 4, `${bench.store.calls.length} store calls`)
  }),
  on('sealed', 'of one id the newest revision is used', async (bench) => {
    const sessions = bench.make()
    const old = await begin(sessions)
    const next = await turn(sessions, old, (session) => {
      session.data.n = 2
    })
    const last = await turn(sessions, next.cookie, (session) => {
      session.data.n = 3
    })
    for (const header of [
      `${old}; ${last.cookie}; ${next.cookie}`,
      `${last.cookie}; ${old}`,
      `${old}; ${next.cookie}; ${last.cookie}`,
    ]) {
      same((await turn(sessions, header)).session.data, { n: 3 })
    }
  }),
  on('stored', 'of one id the newest generation is used, in the midst of a rotation', async (bench) => {
    const sessions = bench.make({ rotateEvery: '1h' })
    const old = await begin(sessions)
    bench.clock.advance('2h')
    const next = await turn(sessions, old)
    for (const header of [`${old}; ${next.cookie}`, `${next.cookie}; ${old}`]) {
      const { session, sent } = await turn(sessions, header)
      same([session.outcome, session.data, sent], ['loaded', { n: 1 }, []])
    }
  }),
  on(signedTokens, 'a retired copy beside the present token is no theft', async (bench) => {
    const sessions = bench.make({ rotateEvery: '1h' })
    const old = await begin(sessions)
    bench.clock.advance('2h')
    const next = await turn(sessions, old)
    await turn(sessions, next.cookie)
    bench.clock.advance('1m')
    same((await turn(sessions, `${old}; ${next.cookie}`)).session.outcome, 'loaded')
    same((await turn(sessions, next.cookie)).session.outcome, 'loaded')
  }),
  everywhere(
    'a former cookie of the app is read after ours, and expired at the next write',
    async (bench) => {
      const former = bench.make({ cookie: { name: 'old' } })
      const sessions = bench.make({ cookie: { previous: [{ name: 'old' }] } })
      const old = await begin(former)
      const read = await turn(sessions, old)
      same([read.session.data, read.sent], [{ n: 1 }, []])
      const { cookie, sent } = await turn(sessions, old, (session) => {
        session.data.n = 2
      })
      ok(
        sent.some((line) => line.startsWith('old=;')),
        `not expired: ${sent}`,
      )
      same(cookie.includes('old='), false)
      same((await turn(sessions, cookie)).session.data, { n: 2 })
      const own = await begin(sessions)
      ok(!own.includes('old='), 'expired where it is not')
      const later = await turn(sessions, own, (session) => session.login('ada'))
      same(
        later.sent.filter((line) => line.startsWith('old=')),
        [],
        'expired where it is not',
      )
      const both = `${await begin(former)}; ${later.cookie}`
      same((await turn(sessions, both)).session.owner, 'ada', 'ours comes first')
    },
  ),
  everywhere('explain says how many, and what to do', async (bench) => {
    const sessions = bench.make()
    const header = `${await begin(sessions)}; ${await begin(sessions)}`
    const { code, message, remedy } = await sessions.explain(request(header))
    same(code, 'duplicate')
    ok(message.includes('2') && message.includes(NAME) && remedy.includes('previous'), `${message} ${remedy}`)
  }),
])
