import { everywhere, on, promise } from './cases.ts'
import { fails, ok, same } from './expect.ts'
import { begin, own, request, settled, turn } from './moves.ts'

export const p06 = promise(6, 'saved before the response leaves', [
  on('stored', 'the response waits for the store', async (bench) => {
    const sessions = bench.make()
    let release = (): void => {}
    const asked = new Promise<void>((reached) => {
      bench.store.before = (call) =>
        call === 'create'
          ? new Promise<void>((resolve) => {
              release = resolve
              reached()
            })
          : undefined
    })
    let answered = false
    const answer = sessions
      .run(request(), (session) => {
        session.data.n = 1
        return new Response('ok')
      })
      .then((response) => {
        answered = true
        return response
      })
    await asked
    await settled()
    same(answered, false, 'answered before the store did')
    release()
    same(own((await answer).headers.getSetCookie()).length, 1)
  }),
  on('stored', 'a failed create rejects, and no cookie is handed out', async (bench) => {
    const sessions = bench.make()
    bench.store.before = (call) => {
      if (call === 'create') throw new Error('disk full')
    }
    for (const how of ['run', 'commit'] as const) {
      const { cookies } = await fails('store_unavailable', async () => {
        const write = (session: { data: Record<string, unknown> }): Response => {
          session.data.n = 1
          return new Response('ok')
        }
        if (how === 'run') return sessions.run(request(), write)
        const session = await sessions.load(request())
        return sessions.commit(session, write(session))
      })
      same(cookies, [])
    }
  }),
  on('stored', 'a failed change rejects, and the session is as it was', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    bench.store.before = (call) => {
      if (call === 'update') throw new Error('disk full')
    }
    for (const use of ['change', 'login', 'regenerate'] as const) {
      await fails('store_unavailable', () =>
        turn(sessions, cookie, (session) => {
          if (use === 'change') session.data.n = 2
          else if (use === 'login') session.login('ada')
          else session.regenerate()
        }),
      )
    }
    bench.store.recover()
    const { session } = await turn(sessions, cookie)
    same([session.data, session.owner], [{ n: 1 }, undefined])
  }),
  on('stored', 'a write whose answer was lost is looked up, not lost', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    bench.store.after = (call) => {
      if (call === 'update' || call === 'create') throw new Error('connection reset')
    }
    const login = await turn(sessions, cookie, (session) => session.login('ada'))
    const created = await begin(sessions)
    bench.store.recover()
    same((await turn(sessions, login.cookie)).session.owner, 'ada')
    same((await turn(sessions, created)).session.data, { n: 1 })
  }),
  on('stored', 'a failed renewal fails no request', async (bench) => {
    const sessions = bench.make({ renewAfter: '1h' })
    const cookie = await begin(sessions)
    bench.clock.advance('2h')
    bench.store.before = (call) => {
      if (call === 'touch') throw new Error('read-only replica')
    }
    same((await turn(sessions, cookie)).sent, [])
  }),
  everywhere('a response that can take no cookie is refused before anything is saved', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const used = new Response('read')
    await used.text()
    const writes = {
      change: (session) => {
        session.data.n = 2
      },
      login: (session) => session.login('ada'),
      regenerate: (session) => session.regenerate(),
      destroy: (session) => session.destroy(),
    } satisfies Record<string, (session: Awaited<ReturnType<typeof sessions.load>>) => void>
    bench.store.forget()
    const locked = new Response('being read')
    locked.body?.getReader()
    for (const response of [used, locked, Response.error()]) {
      for (const write of Object.values(writes)) {
        await fails('response', async () => {
          const session = await sessions.load(request(cookie))
          write(session)
          return sessions.commit(session, response)
        })
      }
    }
    ok(
      bench.store.calls.every((call) => call === 'get'),
      `store calls: ${bench.store.calls}`,
    )
    same((await turn(sessions, cookie)).session.data, { n: 1 })
  }),
  everywhere('a save that the handler did not wait for is reported, and waited for', async (bench) => {
    const sessions = bench.make()
    for (const awaited of [true, false]) {
      const response = await sessions.run(request(), async (session) => {
        session.data.n = 1
        const saving = sessions.save(session)
        if (awaited) await saving
        return new Response('ok')
      })
      const cookie = (response.headers.getSetCookie()[0] ?? '').split(';', 1)[0]
      same((await turn(sessions, cookie)).session.data, { n: 1 })
      same(
        bench.events.map(({ type }) => type),
        awaited ? [] : ['not-awaited'],
      )
    }
  }),
  everywhere('what was saved is there for the very next request', async (bench) => {
    const sessions = bench.make()
    let cookie = await begin(sessions)
    for (let n = 2; n < 8; n++) {
      cookie = (
        await turn(sessions, cookie, (session) => {
          session.data.n = n
        })
      ).cookie
      same((await turn(sessions, cookie)).session.data, { n })
    }
  }),
  on('sealed', 'a seal too large for a cookie rejects, and the session is as it was', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    await fails('too_large', () =>
      sessions.run(request(cookie), (session) => {
        session.data.big = 'x'.repeat(5_000)
        return new Response('ok')
      }),
    )
    same((await turn(sessions, cookie)).session.data, { n: 1 })
  }),
])
