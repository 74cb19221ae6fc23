import { everywhere, on, promise, withSnapshots } from './cases.ts'
import { fails, same } from './expect.ts'
import { bare, begin, carrying, loaded, NAME, own, request, tampered, tokenOf, turn } from './moves.ts'
import type { Bench, Sessions, Visit } from './world.ts'

type End = (sessions: Sessions, cookie: string, id: string) => Promise<unknown>

const ENDS: Readonly<Record<string, End>> = {
  destroy: (sessions, cookie) => turn(sessions, cookie, (session) => session.destroy()),
  revoke: (sessions, _, id) => sessions.revoke(id, { owner: 'ada' }),
  revokeAll: (sessions) => sessions.revokeAll('ada'),
  "another user's login": (sessions, cookie) => turn(sessions, cookie, (session) => session.login('bob')),
}

/** What may be in flight, and whether it must hear that it was not saved. */
const FLIGHTS: Readonly<
  Record<string, { use: (session: Visit, sessions: Sessions) => unknown; loses: boolean }>
> = {
  read: { use: () => {}, loses: false },
  write: {
    use: (session) => {
      session.data.late = 1
    },
    loses: true,
  },
  flash: { use: (session) => session.flash('late', '1'), loses: true },
  regenerate: { use: (session) => session.regenerate(), loses: true },
  remember: { use: (session) => session.remember('2d'), loses: true },
}

const OPTIONS = { renewAfter: '30m', rotateEvery: '1h' } as const

async function signedIn(bench: Bench): Promise<{ sessions: Sessions; cookie: string; id: string }> {
  const sessions = bench.make(OPTIONS)
  const { cookie, session } = await turn(sessions, null, (it) => it.login('ada'))
  bench.clock.advance('2h')
  return { sessions, cookie, id: session.id }
}

/** Saves, and says with which error it failed; whatever happens, no cookie comes of it. */
async function late(sessions: Sessions, session: Visit): Promise<string | undefined> {
  try {
    same(own(await sessions.save(session)), [], 'a cookie came of it')
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

const flights = Object.entries(ENDS).flatMap(([end, carryOut]) =>
  Object.entries(FLIGHTS).map(([flight, { use, loses }]) =>
    on('stored', `a ${flight} in flight does not undo ${end}`, async (bench) => {
      const { sessions, cookie, id } = await signedIn(bench)
      const session = await loaded(sessions, cookie)
      await use(session, sessions)
      await carryOut(sessions, cookie, id)
      same(await late(sessions, session), loses ? 'superseded' : undefined)
      same(await bench.store.peek(id), null, 'the record is back')
      same((await turn(sessions, cookie)).session.isNew, true)
    }),
  ),
)

const between = Object.entries(FLIGHTS).map(([flight, { use }]) =>
  on('stored', `nor does a ${flight} whose write is on its way when the session ends`, async (bench) => {
    const { sessions, cookie, id } = await signedIn(bench)
    const session = await loaded(sessions, cookie)
    await use(session, sessions)
    let met = false
    bench.store.before = async (call) => {
      if (call !== 'update') return
      met = true
      bench.store.recover()
      await turn(sessions, cookie, (other) => other.destroy())
    }
    const end = await late(sessions, session)
    same([met, end], [true, flight === 'read' ? undefined : 'superseded'])
    same(await bench.store.peek(id), null)
  }),
)

const renewed = (['login', 'regenerate'] as const).map((change) =>
  on('stored', `what was loaded before a ${change} is not merged into what follows it`, async (bench) => {
    for (const [flight, { use, loses }] of Object.entries(FLIGHTS)) {
      const sessions = bench.make(OPTIONS)
      const cookie = await begin(sessions)
      bench.clock.advance('2h')
      const session = await loaded(sessions, cookie)
      await use(session, sessions)
      const next = await turn(sessions, cookie, (it) =>
        change === 'login' ? it.login('ada') : it.regenerate(),
      )
      same(await late(sessions, session), loses ? 'superseded' : undefined, flight)
      const { session: now } = await turn(sessions, next.cookie)
      same([now.outcome, now.data, now.peek('late')], ['loaded', { n: 1 }, undefined], flight)
    }
  }),
)

export const p08 = promise(
  8,
  'an ended session never comes back',
  [
    ...flights,
    ...between,
    ...renewed,
    on('stored', 'a token that rotation was about to hand out is not sent after a login', async (bench) => {
      const { sessions, cookie } = await signedIn(bench)
      await turn(sessions, cookie)
      const session = await loaded(sessions, cookie)
      const next = await turn(sessions, cookie, (it) => it.regenerate())
      same(await late(sessions, session), undefined)
      same((await turn(sessions, next.cookie)).session.owner, 'ada')
    }),
    on('stored', 'an update in flight does not undo a logout', async (bench) => {
      const { sessions, cookie, id } = await signedIn(bench)
      const session = await loaded(sessions, cookie)
      await turn(sessions, cookie, (it) => it.destroy())
      await fails('superseded', () =>
        sessions.update(session, (data) => {
          data.late = 1
        }),
      )
      same(await bench.store.peek(id), null)
    }),
    on('stored', 'destroy ends what parallel requests have written meanwhile', async (bench) => {
      const { sessions, cookie, id } = await signedIn(bench)
      const leaving = await loaded(sessions, cookie)
      await turn(sessions, cookie, (session) => {
        session.data.n = 2
      })
      leaving.destroy()
      await sessions.save(leaving)
      same(await bench.store.peek(id), null)
    }),
    on('stored', 'revokeAll bars a login that is under way', async (bench) => {
      const sessions = bench.make()
      const session = await sessions.load(new Request('https://example.test/'))
      session.login('ada')
      bench.store.after = async (call) => {
        if (call !== 'create') return
        bench.store.recover()
        await sessions.revokeAll('ada')
      }
      await fails('superseded', () => sessions.save(session))
      bench.store.recover()
      same(await sessions.list('ada'), [])
    }),
    on(
      'stored',
      'revokeAll lets the login stand that it excepts, unless an earlier one barred it',
      async (bench) => {
        const sessions = bench.make()
        const during = async (calls: (id: string) => readonly (string | undefined)[]): Promise<string> => {
          const session = await sessions.load(new Request('https://example.test/'))
          session.login('ada')
          const excepts = calls(session.id)
          for (const except of excepts)
            await sessions.revokeAll('ada', except === undefined ? {} : { except })
          const end = await sessions.save(session).then(
            () => 'stands',
            (error: { code: string }) => error.code,
          )
          bench.clock.advance(1)
          return end
        }
        same(await during((id) => [id]), 'stands')
        same(await during((id) => [id, id]), 'stands')
        same(await during(() => ['other']), 'superseded')
        same(await during((id) => [undefined, id]), 'superseded')
        same(await during((id) => ['other', id]), 'superseded')
        same(await during((id) => [id, 'other']), 'superseded')
        same(await during((id) => [id, undefined]), 'superseded')
        same(await during(() => []), 'stands', 'a later login')
      },
    ),
    on('stored', 'revokeAll ends every session, however many there are', async (bench) => {
      const sessions = bench.make()
      for (let i = 0; i < 230; i++) await begin(sessions, (it) => it.login('ada'))
      same(await sessions.revokeAll('ada'), 230)
      same(await sessions.list('ada'), [])
    }),
    on('stored', 'revokeAll spares the id it is told to spare, and nobody else', async (bench) => {
      const sessions = bench.make()
      const [a, b] = [
        await turn(sessions, null, (it) => it.login('ada')),
        await turn(sessions, null, (it) => it.login('ada')),
      ]
      const bob = await turn(sessions, null, (it) => it.login('bob'))
      same(await sessions.revokeAll('ada', { except: a.session.id }), 1)
      const alive = await Promise.all(
        [a, b, bob].map(async ({ cookie }) => (await turn(sessions, bare(cookie))).session.owner),
      )
      same(alive, ['ada', undefined, 'bob'])
    }),
    on('stored', "revoke ends no session of somebody else's", async (bench) => {
      const { sessions, cookie, id } = await signedIn(bench)
      same(await sessions.revoke(id, { owner: 'bob' }), false)
      same((await turn(sessions, cookie)).session.owner, 'ada')
      same(await sessions.revoke(id, { owner: 'ada' }), true)
    }),
    on('stored', 'a touch that is on its way brings nothing back', async (bench) => {
      const sessions = bench.make({ renewAfter: '1h' })
      const cookie = await begin(sessions)
      bench.clock.advance('2h')
      const session = await loaded(sessions, cookie)
      bench.store.before = async (call) => {
        if (call !== 'touch') return
        bench.store.recover()
        await turn(sessions, cookie, (other) => other.destroy())
      }
      same(await late(sessions, session), undefined)
      same(await bench.store.peek(session.id), null)
    }),
    on('stored', 'a login whose base is gone begins anew, with nothing carried', async (bench) => {
      const { sessions, cookie, id } = await signedIn(bench)
      const session = await loaded(sessions, cookie)
      await turn(sessions, cookie, (it) => it.destroy())
      session.login('ada')
      const sent = own(await sessions.save(session))
      same(sent.length, 1)
      const { session: now } = await turn(sessions, (sent[0] ?? '').split(';', 1)[0])
      same([now.owner, now.data, now.id === id], ['ada', {}, false])
      same(await bench.store.peek(id), null)
    }),
    ...Object.entries(ENDS).map(([end, carryOut]) =>
      on(
        withSnapshots,
        `a copy of the cookies reads on after ${end} for maxAge, not a millisecond longer, and writes nothing`,
        async (bench) => {
          const sessions = bench.make()
          const { cookie, session } = await turn(sessions, null, (it) => it.login('ada'))
          bench.clock.advance(10)
          await carryOut(sessions, cookie, session.id)
          bench.clock.set(bench.clock.now() + 49_999)
          same((await turn(sessions, cookie)).session.owner, 'ada')
          await fails('superseded', () => turn(sessions, cookie, (it) => it.flash('late', '1')))
          same((await sessions.load(request(cookie, { method: 'POST' }))).isNew, true, 'POST')
          same(await bench.store.peek(session.id), null)
          bench.clock.set(bench.clock.now() + 1)
          same((await turn(sessions, cookie)).session.isNew, true)
        },
      ),
    ),
    everywhere('only destroy ever sends a clearing cookie', async (bench) => {
      const sessions = bench.make({ lifetime: '2h', idleTimeout: '1h' })
      const cookie = await begin(sessions)
      const old = await begin(sessions)
      await turn(sessions, old, (session) => session.login('ada'))
      const other = bench.make({ audience: 'other' })
      const headers = [
        carrying('junk'),
        carrying(tampered(tokenOf(cookie))),
        old,
        `${cookie}; ${old}`,
        `${NAME}=; ${NAME}=x`,
        await begin(other),
      ]
      const uses: ((session: Visit) => unknown)[] = [
        (session) => session.data,
        (session) => session.take('x'),
        (session) => session.regenerate(),
        (session) => {
          session.data.n = 3
        },
        (session) => session.login('ada'),
        (session) => session.login('bob'),
      ]
      for (const expired of [false, true]) {
        if (expired) bench.clock.advance('3h')
        for (const header of expired ? [...headers, cookie] : headers) {
          for (const use of uses) {
            const { sent } = await turn(sessions, header, use).catch(() => ({ sent: [] as string[] }))
            same(
              sent.filter((line) => /max-age=0/i.test(line)),
              [],
              header,
            )
          }
        }
      }
    }),
  ],
  () => undefined,
)
