import { everywhere, promise } from './cases.ts'
import { ok, same } from './expect.ts'
import { attribute, begin, NAME, request, turn } from './moves.ts'

const ours = (response: Response): string[] =>
  response.headers.getSetCookie().filter((line) => line.startsWith(`${NAME}=`))

/** One Set-Cookie under each name. */
function once(response: Response): void {
  const names = response.headers.getSetCookie().map((line) => line.split('=', 1)[0])
  same(new Set(names).size, names.length, `names ${names}`)
}

export const p14 = promise(14, 'one Set-Cookie a name', [
  everywhere('two commits leave one', async (bench) => {
    const sessions = bench.make()
    const session = await sessions.load(request())
    session.data.n = 1
    const first = await sessions.commit(session, new Response('ok'))
    const second = await sessions.commit(session, first)
    once(second)
    same(ours(second), ours(first))
    same(ours(await sessions.commit(session, new Response('another'))), ours(first))
  }),
  everywhere('a second save returns the same and calls no store', async (bench) => {
    const sessions = bench.make()
    const session = await sessions.load(request())
    session.data.n = 1
    const first = await sessions.save(session)
    bench.store.forget()
    same(await sessions.save(session), first)
    same(bench.store.calls, [])
  }),
  everywhere('login then logout in one request leaves one, which clears', async (bench) => {
    const sessions = bench.make()
    const response = await sessions.run(request(await begin(sessions)), (session) => {
      session.login('ada')
      session.data.n = 2
      session.destroy()
      return new Response('bye')
    })
    once(response)
    same(
      ours(response).map((line) => attribute(line, 'max-age')),
      ['0'],
    )
  }),
  everywhere('logout then login leaves one, which opens the new session', async (bench) => {
    const sessions = bench.make()
    const response = await sessions.run(request(await begin(sessions)), (session) => {
      session.destroy()
      session.login('ada')
      return new Response('hi')
    })
    once(response)
    const { session } = await turn(sessions, (ours(response)[0] ?? '').split(';', 1)[0])
    same([session.owner, session.data], ['ada', {}])
  }),
  everywhere('nested runs share the session, and the outermost commits', async (bench) => {
    const sessions = bench.make()
    const asked = request()
    const response = await sessions.run(asked, async (outer) => {
      outer.data.outer = 1
      const inner = await sessions.run(asked, async (session) => {
        ok(session === outer, 'another session')
        session.data.inner = 1
        return sessions.run(asked, (innermost) => {
          innermost.flash('notice', 'x')
          return new Response('ok')
        })
      })
      same(inner.headers.getSetCookie(), [], 'an inner run has committed')
      outer.data.after = 1
      return inner
    })
    once(response)
    const { session } = await turn(sessions, (ours(response)[0] ?? '').split(';', 1)[0])
    same([session.data, session.peek('notice')], [{ outer: 1, inner: 1, after: 1 }, 'x'])
  }),
  everywhere('load gives the same session for a request until it is committed', async (bench) => {
    const sessions = bench.make()
    const asked = request(await begin(sessions))
    const [a, b] = await Promise.all([sessions.load(asked), sessions.load(asked)])
    ok(a === b, 'two sessions for one request')
    a.data.n = 2
    await sessions.commit(a, new Response('ok'))
    ok((await sessions.load(asked)) !== a, 'a committed session was handed out again')
  }),
  everywhere('a cookie of our name that the handler set itself gives way', async (bench) => {
    const sessions = bench.make()
    const response = await sessions.run(request(), (session) => {
      session.data.n = 1
      const page = new Response('ok', { headers: { 'set-cookie': `${NAME}=planted` } })
      page.headers.append('set-cookie', `${NAME}x=kept`)
      return page
    })
    once(response)
    ok(!response.headers.getSetCookie().some((line) => line.includes('planted')), 'the planted one stayed')
    ok(
      response.headers.getSetCookie().some((line) => line === `${NAME}x=kept`),
      'another cookie was dropped',
    )
  }),
])
