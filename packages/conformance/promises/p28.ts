import { everywhere, on, promise, withSecrets, withSnapshots } from './cases.ts'
import { ok, same } from './expect.ts'
import { bare, begin, carrying, loaded, request, tampered, tokenOf, turn } from './moves.ts'
import { type Bench, SECRETS, type Sessions } from './world.ts'

/** A schema that answers this to everything. */
const answering = (result: object): never =>
  ({ '~standard': { version: 1, vendor: 'test', validate: () => result } }) as never

const REFUSES = answering({ issues: [{ message: 'no' }] })

const MISFITS = [
  REFUSES,
  answering({ issues: [], value: {} }),
  answering({ value: [1] }),
  answering({ value: null }),
  answering({ value: 'text' }),
  answering({ value: { when: new Date(0) } }),
]

interface Scene {
  readonly outcome: string
  readonly on?: (bench: Bench) => boolean
  readonly set: (bench: Bench) => Promise<{ sessions: Sessions; cookie: string | null }>
}

/** How a session may come to be. */
const SCENES: readonly Scene[] = [
  { outcome: 'none', set: async (bench) => ({ sessions: bench.make(), cookie: null }) },
  { outcome: 'none', set: async (bench) => ({ sessions: bench.make(), cookie: 'theme=dark' }) },
  {
    outcome: 'loaded',
    set: async (bench) => {
      const sessions = bench.make()
      return { sessions, cookie: await begin(sessions) }
    },
  },
  {
    outcome: 'expired-idle',
    on: ({ sealed }) => sealed,
    set: async (bench) => {
      const sessions = bench.make({ idleTimeout: '1h' })
      const cookie = await begin(sessions)
      bench.clock.advance('2h')
      return { sessions, cookie }
    },
  },
  {
    outcome: 'unknown',
    on: ({ sealed }) => !sealed,
    set: async (bench) => {
      const sessions = bench.make({ idleTimeout: '1h' })
      const cookie = await begin(sessions)
      bench.clock.advance('2h')
      return { sessions, cookie }
    },
  },
  {
    outcome: 'expired-absolute',
    set: async (bench) => {
      const cookie = await begin(bench.make({ idleTimeout: '2d' }))
      bench.clock.advance('1d')
      return { sessions: bench.make({ lifetime: '12h' }), cookie }
    },
  },
  {
    outcome: 'unknown',
    on: ({ sealed }) => !sealed,
    set: async (bench) => {
      const sessions = bench.make()
      const { cookie, session } = await turn(sessions, null, (it) => {
        it.data.n = 1
      })
      await bench.store.delete(session.id)
      return { sessions, cookie: bare(cookie) }
    },
  },
  {
    outcome: 'superseded',
    on: ({ sealed, world }) => !sealed && world.secrets,
    set: async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions)
      await turn(sessions, cookie, (it) => it.login('ada'))
      return { sessions, cookie: bare(cookie) }
    },
  },
  {
    outcome: 'reused',
    on: ({ sealed }) => !sealed,
    set: async (bench) => {
      const sessions = bench.make({ rotateEvery: '1h' })
      const cookie = await begin(sessions)
      bench.clock.advance('2h')
      const next = await turn(sessions, cookie)
      await turn(sessions, next.cookie)
      bench.clock.advance('1m')
      return { sessions, cookie }
    },
  },
  {
    outcome: 'revoked',
    on: ({ sealed }) => sealed,
    set: async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions)
      const out = await turn(sessions, cookie, (it) => it.destroy())
      return { sessions, cookie: `${cookie}; ${out.cookie}` }
    },
  },
  {
    outcome: 'unknown-key',
    on: ({ world }) => world.secrets,
    set: async (bench) => ({
      sessions: bench.make({ secrets: SECRETS[1] }),
      cookie: await begin(bench.make()),
    }),
  },
  {
    outcome: 'tampered',
    on: ({ world }) => world.secrets,
    set: async (bench) => {
      const sessions = bench.make()
      return { sessions, cookie: carrying(tampered(tokenOf(await begin(sessions)))) }
    },
  },
  {
    outcome: 'tampered',
    on: ({ world }) => world.secrets,
    set: async (bench) => ({
      sessions: bench.make(),
      cookie: await begin(bench.make({ audience: 'other' })),
    }),
  },
  { outcome: 'malformed', set: async (bench) => ({ sessions: bench.make(), cookie: carrying('not ours') }) },
  {
    outcome: 'malformed',
    set: async (bench) => ({ sessions: bench.make(), cookie: `${'x'.repeat(17_000)}=y; ${carrying('z')}` }),
  },
  {
    outcome: 'duplicate',
    set: async (bench) => {
      const sessions = bench.make()
      return { sessions, cookie: `${await begin(sessions)}; ${await begin(sessions)}` }
    },
  },
  ...MISFITS.map(
    (schema): Scene => ({
      outcome: 'schema',
      set: async (bench) => ({ sessions: bench.make({ schema }), cookie: await begin(bench.make()) }),
    }),
  ),
  {
    outcome: 'schema',
    set: async (bench) => ({
      sessions: bench.make({ version: 1 }),
      cookie: await begin(bench.make({ version: 2 })),
    }),
  },
  {
    outcome: 'schema',
    set: async (bench) => {
      const migrate = (): never => {
        throw new Error('no way up')
      }
      return { sessions: bench.make({ version: 2, migrate }), cookie: await begin(bench.make()) }
    },
  },
  {
    outcome: 'store-error',
    on: ({ sealed }) => !sealed,
    set: async (bench) => {
      const sessions = bench.make({ onStoreError: 'anonymous' })
      const cookie = bare(await begin(sessions))
      bench.store.breakDown()
      return { sessions, cookie }
    },
  },
  {
    outcome: 'stale',
    on: ({ world }) => withSnapshots(world),
    set: async (bench) => {
      const sessions = bench.make({ onStoreError: 'stale' })
      const cookie = await begin(sessions)
      bench.store.breakDown()
      bench.clock.advance('2m')
      return { sessions, cookie }
    },
  },
]

export const p28 = promise(28, 'outcome and explain say how a session came to be', [
  everywhere(
    'outcome says it, explain says it in a sentence with the remedy, one event reports it',
    async (bench) => {
      for (const { outcome, set, on: applies } of SCENES) {
        if (applies && !applies(bench)) continue
        bench.store.recover()
        const { sessions, cookie } = await set(bench)
        bench.events.length = 0
        const explained = await sessions.explain(request(cookie))
        same(explained.outcome, outcome, 'explain')
        ok(/^[A-Z0-9].{15,}[.?]$/.test(explained.message), `no sentence: ${explained.message}`)
        same(explained.remedy.length > 10, outcome !== 'none' && outcome !== 'loaded', `remedy of ${outcome}`)
        same(bench.events, [], 'explain reports nothing')
        const session = await sessions.load(request(cookie))
        same(session.outcome, outcome)
        const shown = outcome === 'loaded' || outcome === 'stale'
        same(session.isNew, !shown, `${outcome}: isNew`)
        if (!shown) same([session.data, session.owner], [{}, undefined], outcome)
        same(bench.events.length, outcome === 'none' || outcome === 'loaded' ? 0 : 1, `events of ${outcome}`)
      }
    },
  ),
  everywhere('explain changes nothing', async (bench) => {
    for (const { set, on: applies } of SCENES) {
      if (applies && !applies(bench)) continue
      bench.store.recover()
      const { sessions, cookie } = await set(bench)
      bench.store.forget()
      for (let i = 0; i < 2; i++) await sessions.explain(request(cookie))
      same(
        bench.store.calls.filter((call) => call !== 'get'),
        [],
      )
    }
  }),
  everywhere('an expiry is told with its times', async (bench) => {
    const sessions = bench.make({ lifetime: '2h', idleTimeout: '2h' })
    const cookie = await begin(sessions)
    const from = new Date(bench.clock.now()).toISOString()
    bench.clock.advance('1h')
    const { message } = await bench.make({ lifetime: '30m' }).explain(request(cookie))
    ok(message.includes(from), message)
  }),
  on(withSecrets, 'an unknown key is told by its id', async (bench) => {
    const cookie = await begin(bench.make())
    const { message } = await bench.make({ secrets: SECRETS[1] }).explain(request(cookie))
    ok(/\b[0-9a-f]{8}\b/.test(message), message)
  }),
  everywhere('a schema that no longer fits is an outcome, not an exception', async (bench) => {
    const sessions = bench.make({ schema: REFUSES })
    const cookie = await begin(bench.make())
    const response = await sessions.run(request(cookie), (session) => new Response(session.outcome))
    same([response.status, await response.text()], [200, 'schema'])
    same((await turn(bench.make(), cookie)).session.data, { n: 1 }, 'and the session is left alone')
  }),
  everywhere('what happened to a save is told as well', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    await turn(sessions, cookie, (session) => {
      session.data.x = 1n
    }).catch(() => {})
    if (!bench.sealed) {
      const late = await loaded(sessions, cookie)
      late.data.late = 1
      await turn(sessions, cookie, (session) => session.regenerate())
      await sessions.save(late).catch(() => {})
    }
    same(
      bench.events.map(({ type }) => type),
      bench.sealed ? ['invalid-data'] : ['invalid-data', 'superseded'],
    )
  }),
])
