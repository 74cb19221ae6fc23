import { describe, expect, it, vi } from 'vitest'
import type { Session, SessionError, SessionManager } from '../../src/index.ts'
import { browser, type Visitor } from '../../src/testing.ts'
import { backings, COOKIE, caching, cookiesSet, type Data, ORIGIN, type World, world } from './world.ts'

type Handle = (request: Request, session: Session<Data>) => Response | Promise<Response>

/** How a door wraps a handler; called with nothing beside the request. */
export type Wrap = (sessions: SessionManager<Data>, handle: Handle) => (request: Request) => Promise<Response>

/** What every `withSession` keeps. */
export function handlerPromises(wrap: Wrap): void {
  describe.each(backings)('%s', (backing) => {
    const serve = (made: World, pages: Readonly<Record<string, Handle>> = {}): Visitor => {
      const all = { ...PAGES, ...pages }
      return browser(wrap(made.sessions, (request, session) => page(all, request)(request, session)))
    }

    it('remembers', async () => {
      const visitor = serve(world(backing))
      expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1', '2'])
    })

    it('P1 gives an untouched request its very response', async () => {
      const constant = new Response('constant')
      const handler = wrap(world(backing).sessions, () => constant)
      expect(await handler(new Request(ORIGIN))).toBe(constant)
    })

    it('P2 P16 writes nothing where it only reads', async () => {
      const made = world(backing)
      const visitor = serve(made)
      await visitor.get('/')
      made.calls.length = 0
      const response = await visitor.get('/read')
      expect([cookiesSet(response), caching(response)]).toEqual([[], [null, 'Cookie']])
      expect(made.calls).toEqual(backing === 'sealed' ? [] : ['get'])
    })

    it('P12 saves nothing when the handler throws, and lets the runtime hear of it', async () => {
      const made = world(backing)
      const boom = new Error('boom')
      const visitor = serve(made, {
        '/throw': (_request, session) => {
          session.data.visits = 99
          session.login('ada')
          throw boom
        },
      })
      await visitor.get('/')
      await expect(visitor.get('/throw')).rejects.toBe(boom)
      expect(await visitor.text('/read')).toBe('1')
    })

    it('P12 carries out a destroy when the handler throws, and answers with the expired cookie', async () => {
      const boom = new Error('boom')
      const visitor = serve(world(backing), {
        '/throw': (_request, session) => {
          session.destroy()
          session.data.visits = 99
          throw boom
        },
      })
      await visitor.get('/')
      const [response, said] = await listening(() => visitor.get('/throw'))
      expect([response.status, caching(response)[0], said]).toEqual([500, 'no-store', [boom]])
      expect(cookiesSet(response)[0]).toBe(`-${COOKIE}`)
      expect(await visitor.text('/read')).toBe('0')
    })

    it('P12 lets a throw reach the runtime where there was nothing to forget', async () => {
      const boom = new Error('boom')
      const visitor = serve(world(backing), {
        '/throw': (_request, session) => {
          session.destroy()
          throw boom
        },
      })
      await expect(visitor.get('/throw')).rejects.toBe(boom)
    })

    it('P12 commits a thrown Response', async () => {
      const visitor = serve(world(backing), {
        '/throw': (_request, session) => {
          session.data.visits = 7
          throw new Response('mine', { status: 403 })
        },
      })
      const response = await visitor.get('/throw')
      expect([response.status, await response.text(), cookiesSet(response)]).toEqual([403, 'mine', [COOKIE]])
      expect(await visitor.text('/read')).toBe('7')
    })

    it('P6 rejects when the save fails', async () => {
      const visitor = serve(world(backing), {
        '/unfit': (_request, session) => {
          session.data.visits = Number.NaN
          return new Response('fine')
        },
      })
      const error: Partial<SessionError> = await visitor.get('/unfit').catch((error) => error)
      expect(error.code).toBe('invalid_data')
    })

    it('shares the session with a handler inside, and commits once', async () => {
      const made = world(backing)
      const inner = wrap(made.sessions, (_request, session) => {
        session.data.note = 'inner'
        return new Response('inner')
      })
      const visitor = serve(made, {
        '/nested': async (request, session) => {
          const response = await inner(request)
          session.data.visits = 1
          return response
        },
      })
      expect(cookiesSet(await visitor.get('/nested'))).toEqual([COOKIE])
      expect(made.calls).toEqual(backing === 'sealed' ? [] : ['create'])
      expect(await visitor.text('/read')).toBe('1')
    })

    it.each([
      ['an Error', () => new Error('boom'), '0'],
      ['a Response', () => new Response('no', { status: 403 }), '9'],
    ])('P12 holds for %s that a handler inside throws', async (_, thrown, kept) => {
      const made = world(backing)
      const inner = wrap(made.sessions, (_request, session) => {
        session.data.visits = 9
        throw thrown()
      })
      const visitor = serve(made, { '/nested': (request) => inner(request) })
      const response = await visitor.get('/nested').catch((error) => error)
      expect(response).toBeInstanceOf(kept === '0' ? Error : Response)
      expect(await visitor.text('/read')).toBe(kept)
    })

    it('logs out though what was written after the destroy does not fit', async () => {
      const visitor = serve(world(backing), {
        '/unfit': (_request, session) => {
          session.destroy()
          session.data.visits = Number.NaN
          return new Response('fine')
        },
      })
      await visitor.get('/')
      const [response] = await listening(() => visitor.get('/unfit'))
      expect([response.status, cookiesSet(response)[0]]).toEqual([500, `-${COOKIE}`])
      expect(await visitor.text('/read')).toBe('0')
    })

    it('reports cookie-dropped when a handler commits and returns another response, and puts it back', async () => {
      const made = world(backing)
      const visitor = serve(made, {
        '/dropped': async (_request, session) => {
          session.data.note = 'x'
          await made.sessions.commit(session, new Response('committed'))
          return new Response('another')
        },
      })
      const response = await visitor.get('/dropped')
      expect([await response.text(), cookiesSet(response)]).toEqual(['another', [COOKIE]])
      expect(made.events).toEqual(['cookie-dropped'])
    })
  })

  it.each([
    ['returns', () => new Response('bye'), { code: 'store_unavailable' }, 1],
    ['throws', () => Promise.reject(new Error('boom')), { message: 'boom' }, 2],
  ])('P27 expires the cookie where the store refused a destroy, and the handler %s', async (_, end, error, tries) => {
    const made = world('stored')
    const visitor = browser(
      wrap(made.sessions, (request, session) => {
        if (new URL(request.url).pathname === '/') return count(request, session)
        session.destroy()
        made.fault.now = 'throw'
        return end()
      }),
    )
    await visitor.get('/')
    const [response, said] = await listening(() => visitor.get('/logout'))
    expect([response.status, cookiesSet(response)]).toEqual([500, [`-${COOKIE}`]])
    expect(said).toMatchObject([error])
    expect(made.calls.filter((call) => call === 'delete')).toHaveLength(tries)
  })

  it('P27 lets an outage at load reach the runtime', async () => {
    const made = world('stored')
    const visitor = browser(wrap(made.sessions, count))
    await visitor.get('/')
    made.fault.now = 'throw'
    await expect(visitor.get('/')).rejects.toMatchObject({ code: 'store_unavailable' })
  })
}

const count: Handle = (_request, session) => {
  session.data.visits = (session.data.visits ?? 0) + 1
  return new Response(String(session.data.visits))
}

const PAGES: Readonly<Record<string, Handle>> = {
  '/': count,
  '/read': (_request, session) => new Response(String(session.data.visits ?? 0)),
}

function page(pages: Readonly<Record<string, Handle>>, request: Request): Handle {
  return pages[new URL(request.url).pathname] ?? (() => new Response(null, { status: 404 }))
}

/** What was said on console.error meanwhile. */
async function listening<Result>(run: () => Promise<Result>): Promise<[Result, unknown[]]> {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  try {
    const result = await run()
    return [result, spy.mock.calls.map(([said]) => said)]
  } finally {
    spy.mockRestore()
  }
}
