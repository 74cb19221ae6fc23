import { on, promise, withSnapshots } from './cases.ts'
import { caught, fails, ok, same } from './expect.ts'
import { after, attribute, bare, begin, loaded, NAME, request, turn } from './moves.ts'
import type { Visit } from './world.ts'

const CHANGES: readonly ((session: Visit) => unknown)[] = [
  (session) => Object.assign(session.data, { n: 2 }),
  (session) => session.flash('notice', 'x'),
  (session) => session.login('ada'),
]

/** Runs with timers that are due at once, and says how long they were to wait. */
async function withoutWaiting(run: () => Promise<void>): Promise<number[]> {
  const { setTimeout } = globalThis
  const waits: number[] = []
  globalThis.setTimeout = ((callback: () => void, ms: number) => {
    waits.push(ms)
    return setTimeout(callback)
  }) as typeof setTimeout
  try {
    await run()
  } finally {
    globalThis.setTimeout = setTimeout
  }
  return waits
}

export const p27 = promise(
  27,
  'an outage is an error with a name, and costs nobody the cookie',
  [
    on('stored', 'by default load rejects with store_unavailable, and the cause', async (bench) => {
      const sessions = bench.make()
      const cookie = bare(await begin(sessions))
      bench.store.breakDown()
      const error = await fails('store_unavailable', () => sessions.load(request(cookie)))
      ok(error.message.includes('connection refused'), error.message)
      same((error.cause as Error).message, 'connection refused')
      same(
        bench.events.map(({ type }) => type),
        ['store-error'],
      )
      bench.store.recover()
      same((await turn(sessions, cookie)).session.outcome, 'loaded')
    }),
    on('stored', 'the same request may be tried again', async (bench) => {
      const sessions = bench.make()
      const asked = request(bare(await begin(sessions)))
      bench.store.breakDown()
      await fails('store_unavailable', () => sessions.load(asked))
      bench.store.recover()
      same((await sessions.load(asked)).outcome, 'loaded')
    }),
    on('stored', 'a visitor without a cookie does not notice', async (bench) => {
      const sessions = bench.make()
      bench.store.breakDown()
      const response = await sessions.run(request(), (session) => new Response(`${session.isNew}`))
      same(await response.text(), 'true')
    }),
    on('stored', 'a store that does not answer is given up after storeTimeout', async (bench) => {
      const sessions = bench.make({ storeTimeout: '7s' })
      const cookie = bare(await begin(sessions))
      const late = await loaded(sessions, cookie)
      late.data.n = 2
      bench.store.hang()
      const waits = await withoutWaiting(async () => {
        const error = await fails('store_unavailable', () => sessions.load(request(cookie)))
        ok(error.message.includes('7000 ms'), error.message)
        await fails('store_unavailable', () => sessions.save(late))
        await fails('store_unavailable', () => begin(sessions))
      })
      ok(waits.length >= 3 && waits.every((ms) => ms === 7_000), `waited ${waits}`)
    }),
    on(
      'stored',
      "with onStoreError: 'anonymous' pages are served, and every change is refused",
      async (bench) => {
        const sessions = bench.make({ onStoreError: 'anonymous' })
        const cookie = bare(await begin(sessions))
        bench.store.breakDown()
        const read = await turn(sessions, cookie)
        same(
          [read.session.outcome, read.session.isNew, read.session.data, read.sent],
          ['store-error', true, {}, []],
        )
        for (const back of [false, true]) {
          for (const change of CHANGES) {
            const session = await sessions.load(request(cookie))
            change(session)
            if (back) bench.store.recover()
            const { cookies } = await fails('store_unavailable', () => sessions.save(session))
            same(cookies, [], 'the cookie was overwritten')
            bench.store.breakDown()
          }
        }
        bench.store.recover()
        same((await turn(sessions, cookie)).session.data, { n: 1 })
      },
    ),
    on(
      withSnapshots,
      "with onStoreError: 'stale' the snapshot is shown for staleFor, and no longer",
      async (bench) => {
        const sessions = bench.make({ onStoreError: 'stale', staleFor: '3m' })
        const cookie = await begin(sessions, (session) => session.login('ada'))
        bench.store.breakDown()
        bench.clock.advance('1m')
        bench.clock.set(bench.clock.now() + 179_999)
        const { session, sent } = await turn(sessions, cookie, (it) => {
          same([it.outcome, it.owner, it.authenticatedWithin('1d')], ['stale', 'ada', false])
        })
        same(sent, [])
        same(bench.events[0], { ...bench.events[0], type: 'store-error', id: session.id } as never)
        for (const change of CHANGES) {
          const { cookies } = await fails('store_unavailable', () => turn(sessions, cookie, change))
          same(cookies, [], 'the cookie was overwritten')
        }
        const { cookies } = await fails('store_unavailable', () =>
          turn(sessions, cookie, (it) => it.destroy()),
        )
        same(after(cookie, cookies), '')
        await fails('store_unavailable', () => sessions.load(request(cookie, { method: 'POST' })))
        await fails('store_unavailable', () => sessions.load(request(bare(cookie))))
        bench.clock.advance(1)
        await fails('store_unavailable', () => sessions.load(request(cookie)))
      },
    ),
    on('stored', 'a failed destroy rejects, and supplies the expiring cookie', async (bench) => {
      for (const onStoreError of ['fail', 'anonymous'] as const) {
        const sessions = bench.make({ onStoreError })
        const cookie = bare(await begin(sessions))
        const session = onStoreError === 'fail' ? await loaded(sessions, cookie) : undefined
        bench.store.breakDown()
        const leaving = session ?? (await sessions.load(request(cookie)))
        leaving.destroy()
        const { cookies } = await fails('store_unavailable', () => sessions.save(leaving))
        same(
          [cookies.length, cookies[0]?.startsWith(`${NAME}=;`), attribute(cookies[0], 'max-age')],
          [1, true, '0'],
        )
        bench.store.recover()
        same((await turn(sessions, cookie)).session.outcome, 'loaded', 'it was not ended, and nobody says so')
        const again = await sessions.save(leaving)
        same(again.length, 1, 'a second try ends it')
        same(await bench.store.peek(bare(await begin(sessions)) && leaving.id), null)
        same((await turn(sessions, cookie)).session.isNew, true)
      }
    }),
    on('stored', 'through run as well', async (bench) => {
      const sessions = bench.make()
      const cookie = bare(await begin(sessions))
      const error = await fails('store_unavailable', () =>
        sessions.run(request(cookie), (session) => {
          session.destroy()
          bench.store.breakDown()
          return new Response('bye')
        }),
      )
      same(attribute(error.cookies[0], 'max-age'), '0')
    }),
    on('stored', 'list, revoke and revokeAll reject by the same name', async (bench) => {
      const sessions = bench.make()
      bench.store.breakDown()
      await fails('store_unavailable', () => sessions.list('ada'))
      await fails('store_unavailable', () => sessions.revoke('x', { owner: 'ada' }))
      await fails('store_unavailable', () => sessions.revokeAll('ada'))
    }),
    on('stored', 'explain says so, and does not throw', async (bench) => {
      const sessions = bench.make()
      const cookie = bare(await begin(sessions))
      bench.store.breakDown()
      const thrown = await caught(async () => {
        const { outcome, remedy } = await sessions.explain(request(cookie))
        same(outcome, 'store-error')
        ok(remedy.length > 10, 'no remedy')
      })
      same(thrown, undefined)
    }),
    on(
      'stored',
      "a store's own mistakes are no outage of the app: a non-Error that is thrown is named, too",
      async (bench) => {
        const sessions = bench.make()
        const cookie = bare(await begin(sessions))
        bench.store.before = () => {
          throw 'text'
        }
        await fails('store_unavailable', () => sessions.load(request(cookie)))
      },
    ),
  ],
  (world) => (world.backing === 'sealed' ? 'there is no store' : undefined),
)
