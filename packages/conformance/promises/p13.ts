import { everywhere, on, promise } from './cases.ts'
import { caught, fails, ok, same } from './expect.ts'
import { bare, begin, loaded, own, request, turn } from './moves.ts'
import type { Visit } from './world.ts'

const METHODS: Readonly<Record<string, (session: Visit) => unknown>> = {
  flash: (session) => session.flash('a', 'b'),
  take: (session) => session.take('a'),
  login: (session) => session.login('ada'),
  regenerate: (session) => session.regenerate(),
  destroy: (session) => session.destroy(),
  remember: (session) => session.remember('1h'),
  'data =': (session) => {
    session.data = {}
  },
}

export const p13 = promise(13, 'after the commit nothing changes any more', [
  everywhere('every method that changes something throws too_late', async (bench) => {
    const sessions = bench.make()
    for (const header of [null, await begin(sessions)]) {
      for (const use of [
        (it: Visit) => it.data,
        (it: Visit) => {
          it.data.m = 1
        },
        (it: Visit) => it.destroy(),
      ]) {
        for (const [name, method] of Object.entries(METHODS)) {
          const session = await sessions.load(request(header))
          use(session)
          await sessions.commit(session, new Response('ok'))
          const { message } = await fails('too_late', () => method(session))
          ok(message.length > 20, `${name} says nothing`)
        }
      }
    }
  }),
  everywhere('data is frozen, its nested objects are left alone', async (bench) => {
    const sessions = bench.make()
    const mine = { count: 1 }
    let held: object = {}
    const { session } = await turn(sessions, null, (it) => {
      held = it.data
      it.data.mine = mine
    })
    ok(Object.isFrozen(held), 'data that somebody holds is not frozen')
    ok(Object.isFrozen(session.data), 'data is not frozen')
    same(Object.isFrozen(mine), false, 'an object of the app was frozen')
    const refused = await caught(() => {
      session.data.n = 2
    })
    ok(refused instanceof TypeError, 'a write went unnoticed')
    same(session.data, { mine: { count: 1 } })
  }),
  everywhere('an object that was assigned to data is not frozen', async (bench) => {
    const mine = { count: 1 }
    await turn(bench.make(), null, (it) => {
      it.data = mine
    })
    same(Object.isFrozen(mine), false)
  }),
  everywhere('data that is first read after the commit is frozen too', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    for (const look of [(it: Visit) => it.id, (it: Visit) => it.peek('x'), (it: Visit) => it.regenerate()]) {
      const session = await sessions.load(request(cookie))
      look(session)
      await sessions.save(session)
      same(Object.isFrozen(session.data), true)
    }
  }),
  everywhere('what was there can still be read', async (bench) => {
    const sessions = bench.make()
    const { session } = await turn(sessions, null, (it) => {
      it.data.n = 1
      it.login('ada')
      it.flash('notice', 'x')
    })
    same([session.data, session.owner, session.peek('notice')], [{ n: 1 }, 'ada', 'x'])
    same(session.authenticatedWithin('1m'), true)
  }),
  on('stored', 'a failed save freezes nothing: it can be changed and saved again', async (bench) => {
    const sessions = bench.make()
    const cookie = bare(await begin(sessions))
    for (const header of [null, cookie]) {
      const session = await sessions.load(request(header))
      session.data.a = 1
      bench.store.breakDown()
      await fails('store_unavailable', () => sessions.save(session))
      bench.store.recover()
      session.data.b = 2
      session.flash('notice', 'x')
      const sent = own(await sessions.save(session))
      const now = await turn(sessions, sent[0]?.split(';', 1)[0] ?? header)
      same([now.session.data.a, now.session.data.b, now.session.peek('notice')], [1, 2, 'x'])
    }
  }),
  everywhere('nor does one that refused a value', async (bench) => {
    const sessions = bench.make()
    const session = await sessions.load(request())
    session.data.n = 1n
    await fails('invalid_data', () => sessions.save(session))
    session.data.n = 1
    const sent = await sessions.save(session)
    same((await turn(sessions, sent[0]?.split(';', 1)[0])).session.data, { n: 1 })
  }),
  on('stored', 'update still works, in a socket for example', async (bench) => {
    const sessions = bench.make()
    const cookie = bare(await begin(sessions))
    const session = await loaded(sessions, cookie)
    await sessions.commit(session, new Response('ok'))
    for (let i = 0; i < 3; i++) {
      await turn(sessions, cookie, (other) => {
        other.data[`other${i}`] = i
      })
      await sessions.update(session, (data) => {
        data.n = (data.n as number) + 1
      })
    }
    same(session.data, { n: 4, other0: 0, other1: 1, other2: 2 })
    same(Object.isFrozen(session.data), true)
    same((await turn(sessions, cookie)).session.data, session.data)
  }),
  on('stored', 'update works after the commit that created the session', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    await sessions.update(session, (data) => {
      data.n = 2
    })
    same((await turn(sessions, bare(cookie))).session.data, { n: 2 })
  }),
  on('sealed', 'update after the commit throws too_late: the cookie has left', async (bench) => {
    const sessions = bench.make()
    const { session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    await fails('too_late', () =>
      sessions.update(session, (data) => {
        data.n = 2
      }),
    )
  }),
])
