import { everywhere, on, promise, withSnapshots } from './cases.ts'
import { same } from './expect.ts'
import { after, attribute, begin, loaded, NAME, own, turn } from './moves.ts'

const end = (session: { destroy(): void }): void => session.destroy()

export const p03 = promise(3, 'a read never carries Set-Cookie', [
  everywhere('a response that only read sets nothing, before and after what else happened', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const late = await loaded(sessions, cookie)
    await turn(sessions, cookie, end)
    same(await sessions.save(late), [])
  }),
  on('stored', 'not even when a renewal is due', async (bench) => {
    const sessions = bench.make({ renewAfter: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance('2h')
    same((await turn(sessions, cookie)).sent, [])
  }),
  on('sealed', 'a renewal that arrives after the logout restores nothing', async (bench) => {
    const sessions = bench.make({ renewAfter: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance('2h')
    const late = await loaded(sessions, cookie)
    const logout = await turn(sessions, cookie, end)
    const renewal = await sessions.save(late)
    same(renewal.length, 1, 'a renewal was under way')
    const { session } = await turn(sessions, after(logout.cookie, renewal))
    same([session.outcome, session.data, session.isNew], ['revoked', {}, true])
  }),
  on(
    'sealed',
    'logout leaves a marker that names the ended id for ten minutes, as hidden as the session',
    async (bench) => {
      const sessions = bench.make()
      const { sent, session } = await turn(sessions, await begin(sessions), (it) => {
        it.data
      })
      same(sent, [])
      const { sent: logout } = await turn(sessions, await begin(sessions), end)
      const marker = logout.find((line) => line.startsWith(`${NAME}-ended=`))
      same(attribute(marker, 'max-age'), '600')
      for (const name of ['secure', 'httponly', 'path', 'samesite']) {
        same(
          attribute(marker, name),
          attribute(
            logout.find((line) => line.startsWith(`${NAME}=`)),
            name,
          ),
          name,
        )
      }
      same(marker?.includes(session.id), false, 'names only the ended id')
    },
  ),
  on('sealed', 'two logouts within ten minutes are both remembered', async (bench) => {
    const sessions = bench.make()
    const first = await begin(sessions)
    const out = await turn(sessions, first, end)
    const again = await turn(sessions, out.cookie, (session) => {
      session.data.n = 2
    })
    const second = await turn(sessions, again.cookie, end)
    for (const cookie of [first, again.cookie]) {
      const { session } = await turn(
        sessions,
        after(
          cookie,
          second.sent.filter((line) => line.includes('-ended=')),
        ),
      )
      same(session.outcome, 'revoked')
    }
  }),
  on('sealed', 'a login after the logout is not harmed by the marker', async (bench) => {
    const sessions = bench.make()
    const out = await turn(sessions, await begin(sessions), end)
    const login = await turn(sessions, out.cookie, (session) => session.login('ada'))
    const { session } = await turn(sessions, login.cookie)
    same([session.outcome, session.owner], ['loaded', 'ada'])
  }),
  on('sealed', "another user's login ends the former session in this browser, too", async (bench) => {
    const sessions = bench.make({ renewAfter: '1h' })
    const ada = await begin(sessions, (session) => session.login('ada'))
    bench.clock.advance('2h')
    const late = await loaded(sessions, ada)
    const bob = await turn(sessions, ada, (session) => session.login('bob'))
    same((await turn(sessions, bob.cookie)).session.owner, 'bob')
    const restored = after(bob.cookie, await sessions.save(late))
    same((await turn(sessions, restored)).session.owner, undefined)
  }),
  on(
    withSnapshots,
    'a snapshot that arrives after the logout or the next login restores nothing',
    async (bench) => {
      const sessions = bench.make()
      const ada = await begin(sessions, (session) => session.login('ada'))
      bench.clock.advance('1m')
      const late = await loaded(sessions, ada)
      const out = await turn(sessions, ada, end)
      const snapshot = await sessions.save(late)
      same([snapshot.length, own(snapshot)], [1, []], 'a snapshot was under way')
      const restored = await turn(sessions, after(out.cookie, snapshot))
      same([restored.session.isNew, restored.session.owner], [true, undefined])
      const bob = await turn(sessions, out.cookie, (session) => session.login('bob'))
      same((await turn(sessions, after(bob.cookie, snapshot))).session.owner, 'bob')
    },
  ),
  everywhere('nor does a response for a cookie that opens nothing', async (bench) => {
    const sessions = bench.make({ lifetime: '2h', idleTimeout: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance('3h')
    for (const header of [cookie, `${NAME}=junk`, `${NAME}=`, `${NAME}=AAAA; ${NAME}=BBBB`]) {
      same((await turn(sessions, header)).sent, [], header)
    }
  }),
])
