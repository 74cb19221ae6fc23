import { everywhere, promise } from './cases.ts'
import { caught, same } from './expect.ts'
import { attribute, begin, NAME, own, request, turn } from './moves.ts'
import type { Visit } from './world.ts'

const CHANGES: Readonly<Record<string, (session: Visit) => unknown>> = {
  data: (session) => {
    session.data.n = 2
  },
  flash: (session) => session.flash('notice', 'x'),
  login: (session) => session.login('ada'),
  regenerate: (session) => session.regenerate(),
  remember: (session) => session.remember('1h'),
  "what can't be kept": (session) => {
    session.data.n = 1n
  },
}

export const p12 = promise(12, 'a handler that throws changes nothing', [
  ...Object.entries(CHANGES).map(([name, change]) =>
    everywhere(`of ${name} nothing is kept, and the error is the handler's own`, async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions)
      const error = new Error('boom')
      for (const header of [cookie, null]) {
        for (const handle of [
          (session: Visit): Response => {
            change(session)
            throw error
          },
          async (session: Visit): Promise<Response> => {
            change(session)
            await undefined
            throw error
          },
        ]) {
          bench.store.forget()
          const asked = request(header)
          same((await caught(() => sessions.run(asked, handle))) === error, true, 'the error')
          const page = await sessions.commit(
            await sessions.load(asked),
            new Response('error', { status: 500 }),
          )
          same([page.status, page.headers.getSetCookie()], [500, []])
          same(
            bench.store.calls.filter((call) => call !== 'get'),
            [],
            'store calls',
          )
        }
      }
      const { session } = await turn(sessions, cookie)
      same([session.data, session.owner, session.peek('notice')], [{ n: 1 }, undefined, undefined])
    }),
  ),
  everywhere(
    'a destroy it asked for is carried out, and its cookie put on the page that reports the error',
    async (bench) => {
      const sessions = bench.make()
      const { cookie, session } = await turn(sessions, null, (it) => it.login('ada'))
      const asked = request(cookie)
      const error = new Error('boom')
      const thrown = await caught(() =>
        sessions.run(asked, (it) => {
          it.destroy()
          it.data.n = 3
          throw error
        }),
      )
      same(thrown === error, true)
      if (!bench.sealed) same(await bench.store.peek(session.id), null)
      const page = await sessions.commit(await sessions.load(asked), new Response('error', { status: 500 }))
      const line = page.headers.getSetCookie().find((it) => it.startsWith(`${NAME}=`))
      same([line?.startsWith(`${NAME}=;`), attribute(line, 'max-age')], [true, '0'])
    },
  ),
  everywhere("another user's login that throws ends nothing", async (bench) => {
    const sessions = bench.make()
    const { cookie } = await turn(sessions, null, (it) => it.login('ada'))
    await caught(() =>
      sessions.run(request(cookie), (it) => {
        it.login('bob')
        throw new Error('boom')
      }),
    )
    same((await turn(sessions, cookie)).session.owner, 'ada')
  }),
  everywhere('a thrown Response is an ordinary one and commits', async (bench) => {
    const sessions = bench.make()
    const response = await sessions.run(request(), (session) => {
      session.data.n = 5
      throw new Response('no', { status: 403 })
    })
    same(response.status, 403)
    const cookie = (response.headers.getSetCookie()[0] ?? '').split(';', 1)[0]
    same((await turn(sessions, cookie)).session.data, { n: 5 })
  }),
  everywhere('an error response that was returned commits as well', async (bench) => {
    const sessions = bench.make()
    const response = await sessions.run(request(), (session) => {
      session.flash('notice', 'try again')
      return new Response('no', { status: 500 })
    })
    same([response.status, own(response.headers.getSetCookie()).length], [500, 1])
  }),
])
