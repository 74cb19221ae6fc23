import { everywhere, on, promise } from './cases.ts'
import { fails, ok, same } from './expect.ts'
import { begin, carrying, request, tampered, tokenOf, turn } from './moves.ts'

export const p01 = promise(1, 'a visitor costs nothing until used', [
  everywhere('a thousand visitors who only look leave no record and get no cookie', async (bench) => {
    const sessions = bench.make()
    for (let i = 0; i < 1_000; i++) {
      const response = await sessions.run(request(), (session) => {
        session.data
        session.peek('notice')
        session.take('notice')
        return new Response('hello')
      })
      same(response.headers.getSetCookie(), [], 'Set-Cookie')
    }
    same(bench.store.calls, [], 'store calls')
  }),
  everywhere('what is written and taken back costs nothing either', async (bench) => {
    const { sent } = await turn(bench.make(), null, (session) => {
      session.data.n = 1
      delete session.data.n
      session.flash('notice', 'hi')
      session.take('notice')
    })
    same(sent, [])
    same(bench.store.calls, [])
  }),
  everywhere('an untouched response is the very same object, its headers as they were', async (bench) => {
    const sessions = bench.make()
    for (const cookie of [null, await begin(sessions)]) {
      const response = new Response('page', { headers: { 'cache-control': 'public, max-age=60' } })
      const before = [...response.headers]
      const answer = await sessions.run(request(cookie), () => response)
      ok(answer === response, 'the response was replaced')
      same([...answer.headers], before)
    }
  }),
  everywhere('an untouched session is neither renewed nor written', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    bench.clock.advance('2d')
    bench.store.forget()
    const { sent } = await turn(sessions, cookie, () => {})
    same(sent, [])
    ok(
      bench.store.calls.every((call) => call === 'get'),
      `store calls: ${bench.store.calls}`,
    )
  }),
  on(
    (world) => world.backing === 'sealed' && !world.early,
    'a seal is opened at the first look, not before',
    async (bench) => {
      const sessions = bench.make()
      const forged = carrying(tampered(tokenOf(await begin(sessions))))
      const session = await sessions.load(request(forged))
      same(bench.events, [], 'events before the first look')
      same(session.outcome, 'tampered')
      same(bench.events.length, 1, 'events after it')
    },
  ),
  everywhere('a first look after the commit throws too_late', async (bench) => {
    const sessions = bench.make()
    for (const cookie of [null, await begin(sessions)]) {
      for (const look of ['data', 'id', 'owner', 'outcome', 'isNew'] as const) {
        const session = await sessions.load(request(cookie))
        await sessions.commit(session, new Response('streaming'))
        await fails('too_late', () => session[look])
      }
      const session = await sessions.load(request(cookie))
      await sessions.commit(session, new Response('streaming'))
      await fails('too_late', () => session.peek('notice'))
      await fails('too_late', () => session.flash('notice', 'late'))
    }
    same(bench.events.filter(({ type }) => type === 'too-late').length, 14, 'events')
  }),
  everywhere('with an asynchronous schema the data is there when the handler runs', async (bench) => {
    const validate = async (value: unknown): Promise<{ value: unknown }> => ({ value })
    const schema = { '~standard': { version: 1, vendor: 'test', validate } } as const
    const sessions = bench.make({ schema } as never)
    const { session } = await turn(sessions, await begin(sessions))
    same([session.outcome, session.data], ['loaded', { n: 1 }])
  }),
  on(
    'stored',
    'a request without our cookie makes no store call, whatever else it carries',
    async (bench) => {
      const sessions = bench.make()
      for (const cookie of ['a=b', 'session=x', '__host-http-session=x', `x${carrying('y')}`, '=', ';;;']) {
        await turn(sessions, cookie)
      }
      same(bench.store.calls, [])
    },
  ),
])
