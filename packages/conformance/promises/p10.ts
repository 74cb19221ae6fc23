import { everywhere, on, promise, signedTokens, withSnapshots } from './cases.ts'
import { fails, ok, same } from './expect.ts'
import { bare, begin, loaded, turn } from './moves.ts'
import type { Bench, Sessions } from './world.ts'

const OPTIONS = { rotateEvery: '1h', renewAfter: '30m', rotationGrace: '30s' } as const

/** A session whose token is due to be rotated. */
async function due(bench: Bench, more = {}): Promise<{ sessions: Sessions; cookie: string }> {
  const sessions = bench.make({ ...OPTIONS, ...more })
  const cookie = await begin(sessions)
  bench.clock.advance('1h')
  return { sessions, cookie }
}

export const p10 = promise(10, 'a replaced token is dead at once', [
  on('stored', 'after login and regenerate the old token opens nothing, and says why', async (bench) => {
    for (const change of ['login', 'regenerate'] as const) {
      const sessions = bench.make()
      const old = bare(await begin(sessions))
      const next = await turn(sessions, old, (it) => (change === 'login' ? it.login('ada') : it.regenerate()))
      same(next.sent.length, 1)
      const fixed = (await turn(sessions, old)).session
      same([fixed.isNew, fixed.data, fixed.owner], [true, {}, undefined])
      same(fixed.outcome, bench.world.secrets ? 'superseded' : 'unknown')
      const now = (await turn(sessions, next.cookie)).session
      same([now.outcome, now.data], ['loaded', { n: 1 }])
    }
  }),
  on(withSnapshots, 'no snapshot answers for another token than its own', async (bench) => {
    const sessions = bench.make()
    const before = await begin(sessions)
    const ada = await turn(sessions, before, (it) => it.login('ada'))
    const again = await turn(sessions, ada.cookie, (it) => it.regenerate())
    const mixed = (token: string, snapshot: string): string =>
      `${bare(token)}; ${snapshot.replace(bare(snapshot), '').replace('; ', '')}`
    for (const old of [before, ada.cookie]) {
      same((await turn(sessions, mixed(again.cookie, old))).session.owner, 'ada')
      same((await turn(sessions, mixed(old, again.cookie))).session.isNew, true)
    }
    same((await turn(sessions, mixed(before, ada.cookie))).session.owner, undefined)
  }),
  on('stored', 'the id of a session stays, whatever becomes of its token', async (bench) => {
    const sessions = bench.make()
    const first = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    const next = await turn(sessions, first.cookie, (it) => it.login('ada'))
    same(next.session.id, first.session.id)
  }),
  on('stored', 'whoever fixed the token before the login gets and changes nothing', async (bench) => {
    const sessions = bench.make()
    const fixed = bare(await begin(sessions))
    const victim = await turn(sessions, fixed, (it) => it.login('ada'))
    await turn(sessions, fixed, (it) => {
      it.data.n = 'attacker'
    })
    await turn(sessions, fixed, (it) => it.destroy())
    const { session } = await turn(sessions, victim.cookie)
    same([session.owner, session.data], ['ada', { n: 1 }])
  }),
  on(
    'sealed',
    'the id changes at login and regenerate, and capabilities say that nothing is revoked',
    async (bench) => {
      const sessions = bench.make()
      const first = await turn(sessions, null, (it) => {
        it.data.n = 1
      })
      const login = await turn(sessions, first.cookie, (it) => it.login('ada'))
      const again = await turn(sessions, login.cookie, (it) => it.regenerate())
      const last = await turn(sessions, again.cookie)
      same(new Set([first, login, last].map(({ session }) => session.id)).size, 3)
      same(last.session.id, again.session.id)
      same([last.session.owner, last.session.data], ['ada', { n: 1 }])
      same(sessions.capabilities, {
        revocable: false,
        rollbackProtected: false,
        compareAndSet: false,
        listable: false,
        immediate: false,
      })
    },
  ),
  on('stored', 'capabilities say what the store can', async (bench) => {
    same(bench.make().capabilities, {
      revocable: true,
      rollbackProtected: true,
      compareAndSet: true,
      listable: bench.store.list !== undefined,
      immediate: !bench.world.cached,
    })
  }),
  everywhere('login stamps the owner, the time, and a new lifetime', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    bench.clock.advance('2d')
    const login = await turn(sessions, cookie, (it) => it.login('ada'))
    bench.clock.advance('10m')
    const { session } = await turn(sessions, login.cookie)
    same(session.authenticatedAt, bench.clock.now() - 600_000)
    same([session.createdAt, session.owner], [session.authenticatedAt, 'ada'])
    same([session.authenticatedWithin('10m'), session.authenticatedWithin(599)], [true, false])
  }),
  everywhere('an owner is set once: for another one nothing is carried', async (bench) => {
    const sessions = bench.make()
    const ada = await turn(sessions, null, (it) => {
      it.login('ada')
      it.data.secret = 1
    })
    const bob = await turn(sessions, ada.cookie, (it) => it.login('bob'))
    const { session } = await turn(sessions, bob.cookie)
    same([session.owner, session.data, session.id === ada.session.id], ['bob', {}, false])
    if (!bench.sealed) same(await bench.store.peek(ada.session.id), null)
  }),
  everywhere(
    'keep says what survives a login; by default all does where nobody else can plant the cookie',
    async (bench) => {
      const start = { cart: [1], role: 'guest' }
      const kept = async (cookie: object, keep?: readonly string[]): Promise<unknown> => {
        const sessions = bench.make({ cookie })
        const before = await begin(sessions, (it) => {
          it.data = structuredClone(start)
        })
        const login = await turn(sessions, before, (it) => it.login('ada', keep ? { keep } : {}))
        return (await turn(sessions, login.cookie)).session.data
      }
      same(await kept({}), start)
      same(await kept({}, ['cart']), { cart: [1] })
      same(await kept({}, []), {})
      same(await kept({ domain: 'example.test' }), {})
      same(await kept({ name: 'sid' }), {})
      same(await kept({ name: 'sid' }, ['cart']), { cart: [1] })
    },
  ),
  on('stored', 'rotation hands the same new token to all who show the old one', async (bench) => {
    const { sessions, cookie } = await due(bench)
    const all = await Promise.all(Array.from({ length: 6 }, () => turn(sessions, cookie)))
    const told = new Set(all.flatMap(({ sent }) => sent))
    same(told.size, 1, 'different tokens')
    same(
      all.every(({ session }) => session.outcome === 'loaded'),
      true,
    )
  }),
  on('stored', 'rotation survives lost responses', async (bench) => {
    const { sessions, cookie } = await due(bench)
    const lost = await turn(sessions, cookie)
    bench.clock.advance('10m')
    const again = await turn(sessions, cookie)
    same(again.session.outcome, 'loaded')
    same(again.cookie, lost.cookie, 'the very token that was lost')
    same((await turn(sessions, again.cookie)).session.outcome, 'loaded')
  }),
  on('stored', 'a rotated token opens for the grace, and ends the session after it', async (bench) => {
    const { sessions, cookie } = await due(bench)
    const next = await turn(sessions, cookie)
    await turn(sessions, next.cookie)
    bench.clock.advance(29)
    same((await turn(sessions, cookie)).session.outcome, 'loaded', 'within the grace')
    bench.clock.advance(1)
    same((await turn(sessions, cookie)).session.outcome, 'reused')
    ok(
      bench.events.some(({ type }) => type === 'reused'),
      'nothing was reported',
    )
    same((await turn(sessions, next.cookie)).session.isNew, true, 'the session lives on')
  }),
  on('stored', "with onReuse: 'report' reuse is reported, and the session lives", async (bench) => {
    const { sessions, cookie } = await due(bench, { onReuse: 'report' })
    const next = await turn(sessions, cookie)
    await turn(sessions, next.cookie)
    bench.clock.advance('1m')
    same((await turn(sessions, cookie)).session.outcome, 'reused')
    same((await turn(sessions, next.cookie)).session.outcome, 'loaded')
    ok(
      bench.events.some(({ type }) => type === 'reused'),
      'nothing was reported',
    )
  }),
  on(signedTokens, 'a token retired several rotations ago is reuse as well', async (bench) => {
    const { sessions, cookie: first } = await due(bench)
    let cookie = first
    for (let i = 0; i < 3; i++) {
      cookie = (await turn(sessions, cookie)).cookie
      await turn(sessions, cookie)
      bench.clock.advance('1h')
    }
    same((await turn(sessions, first)).session.outcome, 'reused')
    same((await turn(sessions, cookie)).session.isNew, true)
  }),
  on('stored', 'explain finds reuse and ends nothing', async (bench) => {
    const { sessions, cookie } = await due(bench)
    const next = await turn(sessions, cookie)
    await turn(sessions, next.cookie)
    bench.clock.advance('1m')
    const { outcome } = await sessions.explain(new Request('https://example.test/', { headers: { cookie } }))
    same(outcome, 'reused')
    same((await turn(sessions, next.cookie)).session.outcome, 'loaded')
  }),
  on('stored', 'data written during a rotation is kept', async (bench) => {
    const { sessions, cookie } = await due(bench)
    const [a, b] = [await loaded(sessions, cookie), await loaded(sessions, cookie)]
    a.data.a = 1
    b.data.b = 1
    const [one, two] = [await sessions.save(a), await sessions.save(b)]
    same(one, two)
    const { session } = await turn(sessions, (one[0] ?? '').split(';', 1)[0])
    same(session.data, { n: 1, a: 1, b: 1 })
  }),
  on('stored', 'a login ends current, pending and former tokens alike', async (bench) => {
    const { sessions, cookie } = await due(bench)
    const next = await turn(sessions, cookie)
    await turn(sessions, next.cookie)
    const login = await turn(sessions, next.cookie, (it) => it.login('ada'))
    for (const old of [cookie, next.cookie]) same((await turn(sessions, old)).session.isNew, true)
    same((await turn(sessions, login.cookie)).session.owner, 'ada', 'and is no theft')
  }),
  everywhere(
    'a rotation shorter than twice its grace, or without a strong store, is refused',
    async (bench) => {
      await fails('config', () => bench.make({ rotateEvery: 59, rotationGrace: 30 }))
      if (bench.sealed) await fails('config', () => bench.make({ rotateEvery: '1h' }))
    },
  ),
])
