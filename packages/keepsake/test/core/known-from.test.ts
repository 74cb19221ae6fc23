import { describe, expect, test } from 'vitest'
import { browser } from '../../src/testing.ts'
import { backings, bench, type Data, type Sessions, turn, type Visit } from './kit.ts'

/** What people know from Sinatra and Hanami, in our words. */
describe.each(backings)('%s', (backing) => {
  const start = (): Sessions => bench(backing).make()
  const begun = async (sessions: Sessions, data: Data = { a: 1, b: 2 }): Promise<string> =>
    (await turn(sessions, '', (session) => Object.assign(session.data, data))).cookie

  test('session[:x] = nil: undefined removes, null is a value', async () => {
    const sessions = start()
    const { cookie } = await turn(sessions, await begun(sessions), ({ data }) => {
      data.a = undefined
      data.b = null
      expect(data.a).toBeUndefined()
    })
    const { data } = (await turn(sessions, cookie)).session
    expect([Object.keys(data), data.b]).toEqual([['b'], null])
  })

  test('session.clear: data = {} forgets what there was, and keeps id, owner and flash', async () => {
    const sessions = start()
    const first = await turn(sessions, await begun(sessions), (session) => {
      session.login('ada')
      session.flash('notice', 'hi')
    })
    const cleared = await turn(sessions, first.cookie, (session) => {
      session.data = {}
    })
    const { session } = await turn(sessions, cleared.cookie)
    expect([session.data, session.owner, session.peek('notice')]).toEqual([{}, 'ada', 'hi'])
    expect(session.id).toBe(first.session.id)
  })

  test('session.replace and update: data = {…}, Object.assign', async () => {
    const sessions = start()
    const replaced = await turn(sessions, await begun(sessions), (session) => {
      session.data = { c: 3 }
    })
    const updated = await turn(sessions, replaced.cookie, ({ data }) => Object.assign(data, { d: 4 }))
    expect((await turn(sessions, updated.cookie)).session.data).toEqual({ c: 3, d: 4 })
  })

  test('options[:renew]: regenerate keeps the data; session.destroy: nothing stays', async () => {
    const sessions = start()
    const cookie = await begun(sessions)
    const renewed = await turn(sessions, cookie, (session) => session.regenerate())
    expect(renewed.cookie).not.toBe(cookie)
    expect((await turn(sessions, renewed.cookie)).session.data).toEqual({ a: 1, b: 2 })
    const gone = await turn(sessions, renewed.cookie, (session) => session.destroy())
    expect((await turn(sessions, gone.cookie)).session.data).toEqual({})
  })

  test('options[:skip]: abandon saves nothing and sends nothing', async () => {
    const sessions = start()
    const cookie = await begun(sessions)
    const { sent } = await turn(sessions, cookie, (session) => {
      session.data.a = 9
      sessions.abandon(session)
    })
    expect([sent, (await turn(sessions, cookie)).session.data]).toEqual([[], { a: 1, b: 2 }])
  })

  test('request and response share one session', async () => {
    const sessions = start()
    const request = new Request('https://example.test/')
    expect(await sessions.load(request)).toBe(await sessions.load(request))
  })

  describe('flash', () => {
    const pages = (sessions: Sessions, page: (session: Visit, path: string) => unknown) =>
      browser((request) =>
        sessions.run(request, (session) => {
          const said = page(session, new URL(request.url).pathname)
          return new Response(String(said ?? ''))
        }),
      )

    test('flash[k] = v is for the next page, once', async () => {
      const visitor = pages(start(), (it, path) => (path === '/save' ? it.flash('a', 'x') : it.take('a')))
      await visitor.post('/save')
      expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['x', ''])
    })

    test('it waits for the page that shows it, whatever is loaded in between', async () => {
      const visitor = pages(start(), (it, path) => {
        if (path === '/save') return it.flash('a', 'x')
        return path === '/image' ? it.data.n : it.take('a')
      })
      await visitor.post('/save')
      await visitor.get('/image')
      expect(await visitor.text('/')).toBe('x')
    })

    test('flash.now: what this page shows is taken by it', async () => {
      const visitor = pages(start(), (it, path) => {
        if (path === '/now') it.flash('a', 'x')
        return it.take('a')
      })
      expect([await visitor.text('/now'), await visitor.text('/')]).toEqual(['x', ''])
    })

    test('flash.each, empty?: flashes names what waits, and takes nothing', async () => {
      const sessions = start()
      const { cookie } = await turn(sessions, '', (session) => {
        session.flash('notice', 'hi')
        session.flash('warning', 'careful')
      })
      const seen = await turn(sessions, cookie, (session) => {
        expect(session.flashes()).toEqual(['notice', 'warning'])
      })
      expect(seen.sent).toEqual([])
      await turn(sessions, cookie, (session) => {
        const page = session.flashes().map((key) => `${key}: ${session.take(key)}`)
        expect([page, session.flashes()]).toEqual([['notice: hi', 'warning: careful'], []])
      })
    })

    test('flash.keep: peek reads and leaves it; flash.discard: take drops it unread', async () => {
      const visitor = pages(start(), (it, path) => {
        if (path === '/save') it.flash('a', 'x')
        if (path === '/discard') it.take('a')
        return it.peek('a')
      })
      await visitor.post('/save')
      expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['x', 'x'])
      expect([await visitor.text('/discard'), await visitor.text('/')]).toEqual(['', ''])
    })

    test('keys stay texts, and values what they were', async () => {
      const visitor = pages(start(), (it, path) => {
        if (path === '/save') it.flash('notice', { level: 1, words: ['a'] } as never)
        return JSON.stringify(it.peek('notice'))
      })
      await visitor.post('/save')
      expect(await visitor.text('/')).toBe('{"level":1,"words":["a"]}')
    })
  })
})
