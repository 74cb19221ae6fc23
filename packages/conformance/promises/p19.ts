import { everywhere, promise } from './cases.ts'
import { ok, same } from './expect.ts'
import { begin, turn } from './moves.ts'

const write = (session: { data: Record<string, unknown> }): void => {
  session.data.n = 2
}

export const p19 = promise(19, 'all times come from the injected clock', [
  everywhere('in the past, today, and far in the future', async (bench) => {
    for (const start of [Date.UTC(1999, 0, 1), Date.UTC(2026, 0, 1), Date.UTC(2285, 0, 1)]) {
      bench.clock.set(start)
      const sessions = bench.make({ idleTimeout: '1h' })
      const login = await turn(sessions, null, (session) => session.login('ada'))
      same(
        [login.session.createdAt, login.session.authenticatedAt, login.session.lastSeenAt],
        [start, start, start],
      )
      same((await turn(sessions, login.cookie)).session.outcome, 'loaded')
      bench.clock.advance('1h')
      same((await turn(sessions, login.cookie)).session.isNew, true)
    }
  }),
  everywhere(
    'a clock that is a minute behind still opens what another one made, and may write it',
    async (bench) => {
      const cookie = await begin(bench.make())
      const now = bench.clock.now()
      const behind = bench.make({ clock: () => now - 60_000 })
      const turned = await turn(behind, cookie, write)
      same(turned.session.outcome, 'loaded')
      same((await turn(behind, turned.cookie)).session.data, { n: 2 })
      same((await turn(bench.make(), turned.cookie)).session.data, { n: 2 })
    },
  ),
  everywhere('a clock that is further behind does not', async (bench) => {
    const cookie = await begin(bench.make())
    const now = bench.clock.now()
    const { session } = await turn(bench.make({ clock: () => now - 60_001 }), cookie)
    same([session.isNew, session.outcome], [true, 'malformed'])
  }),
  everywhere('a minute ahead ends nothing early that has longer to live', async (bench) => {
    const cookie = await begin(bench.make({ idleTimeout: '1h' }))
    const now = bench.clock.now()
    same(
      (await turn(bench.make({ idleTimeout: '1h', clock: () => now + 60_000 }), cookie)).session.outcome,
      'loaded',
    )
  }),
  everywhere('the clock is asked, not remembered: a manager may be made long before', async (bench) => {
    const sessions = bench.make({ idleTimeout: '1h' })
    bench.clock.advance('300d')
    const { session, cookie } = await turn(sessions, null, write)
    same(session.createdAt, bench.clock.now())
    same((await turn(sessions, cookie)).session.outcome, 'loaded')
  }),
  everywhere('without one it is the time of day', async (bench) => {
    const sessions = bench.make({ clock: Date.now })
    const before = Date.now()
    const { session } = await turn(sessions, null, write)
    ok(session.createdAt >= before && session.createdAt <= Date.now(), 'another time')
  }),
])
