import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { MemoryStore, SessionManager, type Store } from '../../src/index.ts'
import { browser, faultyStore } from '../../src/testing.ts'
import {
  backings,
  begin,
  bench,
  failure,
  NAME,
  request,
  SECRETS,
  type Sessions,
  thrownBy,
  turn,
  type Visit,
} from './kit.ts'

const write = ({ data }: Visit): void => {
  data.n = ((data.n as number | undefined) ?? 0) + 1
}

describe.each(backings)('%s', (backing) => {
  const setUp = () => {
    const { make, clock, events } = bench(backing)
    return { make, clock, events, sessions: make() }
  }

  describe('load', () => {
    test('is one session for one request, for all who ask, until it is committed', async () => {
      const { sessions } = setUp()
      const asked = request(await begin(sessions))
      const [one, two] = await Promise.all([sessions.load(asked), sessions.load(asked)])
      expect(one).toBe(two)
      await sessions.save(one)
      expect(await sessions.load(asked)).toBe(one)
      await sessions.commit(one, new Response())
      expect(await sessions.load(asked)).not.toBe(one)
    })

    test('is another for another request, though it be a copy', async () => {
      const { sessions } = setUp()
      const asked = request(await begin(sessions))
      expect(await sessions.load(asked)).not.toBe(await sessions.load(new Request(asked)))
    })

    test('takes whatever has url, method and headers', async () => {
      const { sessions } = setUp()
      const cookie = await begin(sessions)
      const headers = { get: (name: string) => (name === 'cookie' ? cookie : null) }
      const session = await sessions.load({ url: 'https://example.test/', method: 'GET', headers })
      expect(session.data.n).toBe(1)
    })
  })

  describe('save', () => {
    test('twice, or at once, is one', async () => {
      const { sessions } = setUp()
      const session = await sessions.load(request())
      write(session)
      const [one, two] = await Promise.all([sessions.save(session), sessions.save(session)])
      expect(one).toEqual(two)
      expect(await sessions.save(session)).toEqual(one)
      expect(one).toHaveLength(1)
    })

    test('can be tried again when it was refused', async () => {
      const { sessions, events } = setUp()
      const session = await sessions.load(request())
      session.data.at = new Date(0)
      await failure('invalid_data', () => sessions.save(session))
      session.data.at = 'now'
      expect(await sessions.save(session)).toHaveLength(1)
      expect(events.map(({ type }) => type)).toEqual(['invalid-data'])
    })

    test('takes sessions, nothing else', async () => {
      const { sessions } = setUp()
      expect(await thrownBy(() => sessions.save({} as Visit))).toBeInstanceOf(TypeError)
    })
  })

  describe('commit', () => {
    const answer = async (sessions: Sessions, response: Response, use = write): Promise<Response> => {
      const session = await sessions.load(request())
      use(session)
      return sessions.commit(session, response)
    }

    test.each([
      ['a page', () => new Response('hello', { status: 201, statusText: 'Made' })],
      ['a redirect', () => Response.redirect('https://example.test/next', 303)],
      ['an error', () => Response.json({ error: 'no' }, { status: 500 })],
      ['no content', () => new Response(null, { status: 204 })],
      ['not modified', () => new Response(null, { status: 304 })],
    ])('puts the cookie on a copy of %s', async (_, make) => {
      const { sessions } = setUp()
      const given = make()
      const sent = await answer(sessions, given)
      expect(sent).not.toBe(given)
      expect(given.headers.has('set-cookie')).toBe(false)
      expect(sent.headers.getSetCookie()[0]).toContain(`${NAME}=`)
      expect([sent.status, sent.statusText]).toEqual([given.status, given.statusText])
      expect(sent.headers.get('location')).toBe(given.headers.get('location'))
      expect(await sent.text()).toBe(await make().text())
    })

    test('puts it on an upgrade itself, which nobody can build again', async () => {
      const { sessions } = setUp()
      const upgrade = new Proxy(new Response(), {
        get: (target, key) => (key === 'status' ? 101 : Reflect.get(target, key)),
      })
      const sent = await answer(sessions, upgrade)
      expect(sent).toBe(upgrade)
      expect(sent.headers.getSetCookie()).toHaveLength(1)
    })

    test('an upgrade that was only read from stays as it is', async () => {
      const { sessions } = setUp()
      const upgrade = new Proxy(new Response(), {
        get: (target, key) => (key === 'status' ? 101 : Reflect.get(target, key)),
      })
      const sent = await answer(sessions, upgrade, (session) => session.data)
      expect([sent === upgrade, [...sent.headers]]).toEqual([true, []])
    })

    test.each([
      ['whose body was read', async (response: Response) => void (await response.text())],
      ['whose body somebody is reading', (response: Response) => void response.body?.getReader()],
    ])('refuses one %s before anything is saved; another will do', async (_, use) => {
      const { sessions } = setUp()
      const response = new Response('hello')
      await use(response)
      const session = await sessions.load(request())
      write(session)
      await failure('response', () => sessions.commit(session, response))
      const sent = await sessions.commit(session, new Response('hello again'))
      expect(sent.headers.getSetCookie()).toHaveLength(1)
    })

    test('lets one that can take no cookie pass where there is none to put on it', async () => {
      const { sessions } = setUp()
      const error = Response.error()
      expect(await answer(sessions, error, () => undefined)).toBe(error)
      expect(await answer(sessions, error, (session) => session.data)).toBe(error)
    })

    test('after one that failed the session can be mended, and is the same', async () => {
      const { sessions } = setUp()
      const asked = request()
      const session = await sessions.load(asked)
      session.data.f = () => 1
      await failure('invalid_data', () => sessions.commit(session, new Response()))
      const again = await sessions.load(asked)
      expect(again).toBe(session)
      delete again.data.f
      write(again)
      expect((await sessions.commit(again, new Response())).headers.getSetCookie()).toHaveLength(1)
    })
  })

  describe('run', () => {
    test('nested, they share the session, and the outermost commits', async () => {
      const { sessions } = setUp()
      const asked = request()
      const seen: (string | null)[] = []
      const outer = await sessions.run(asked, async (session) => {
        write(session)
        const inner = await sessions.run(asked, (same) => {
          expect(same).toBe(session)
          write(same)
          return new Response('inner')
        })
        seen.push(inner.headers.get('set-cookie'))
        write(session)
        return inner
      })
      expect(seen).toEqual([null])
      const [pair = ''] = outer.headers.getSetCookie().map((line) => line.split(';', 1)[0])
      expect((await turn(sessions, pair)).session.data.n).toBe(3)
    })

    test('a Response thrown out of a nested run is the answer', async () => {
      const { sessions } = setUp()
      const asked = request()
      const response = await sessions.run(asked, (session) =>
        sessions.run(asked, () => {
          write(session)
          throw Response.redirect('https://example.test/login', 303)
        }),
      )
      expect([response.status, response.headers.getSetCookie().length]).toEqual([303, 1])
    })

    test.each([
      new Error('boom'),
      'text',
      undefined,
      null,
      { status: 404 },
    ])('what is thrown (%o) comes through, and nothing is saved', async (thrown) => {
      const { sessions } = setUp()
      const cookie = await begin(sessions)
      const asked = request(cookie)
      const run = sessions.run(asked, (session) => {
        write(session)
        throw thrown
      })
      await expect(run.catch((error: unknown) => ({ error }))).resolves.toEqual({ error: thrown })
      expect((await turn(sessions, cookie)).session.data.n).toBe(1)
    })

    test('a nested run that throws leaves the outer one its changes, if it goes on', async () => {
      const { sessions } = setUp()
      const asked = request()
      const response = await sessions.run(asked, async (session) => {
        write(session)
        await sessions.run(asked, () => Promise.reject(new Error('widget'))).catch(() => undefined)
        return new Response()
      })
      expect(response.headers.getSetCookie()).toHaveLength(1)
    })

    test('a logout before an error is carried out; the page that reports it takes the cookie', async () => {
      const { sessions } = setUp()
      const app = async (asked: Request): Promise<Response> => {
        try {
          return await sessions.run(asked, (session) => {
            if (asked.method === 'GET') {
              write(session)
              return new Response(String(session.data.n))
            }
            session.destroy()
            throw new Error('boom')
          })
        } catch {
          return sessions.commit(await sessions.load(asked), new Response('sorry', { status: 500 }))
        }
      }
      const visitor = browser(app)
      expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1', '2'])
      expect((await visitor.post('/logout')).status).toBe(500)
      expect(visitor.cookie(NAME)).toBeUndefined()
      expect(await visitor.text('/')).toBe('1')
    })

    test('the save fails: no answer, and the error is told', async () => {
      const { sessions } = setUp()
      const run = sessions.run(request(), (session) => {
        session.data.f = () => 1
        return new Response()
      })
      await failure('invalid_data', () => run)
    })

    test('a save that the handler did not wait for is waited for, and reported', async () => {
      const { sessions, events } = setUp()
      const response = await sessions.run(request(), (session) => {
        write(session)
        void sessions.save(session)
        return new Response()
      })
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect(events.map(({ type }) => type)).toContain('not-awaited')
    })
  })

  describe('finish', () => {
    test('asks for headers only when there is something to put on them', async () => {
      const { sessions } = setUp()
      const never = (): never => {
        throw new Error('asked')
      }
      await sessions.finish(await sessions.load(request()), never)
      const headers = new Headers()
      const session = await sessions.load(request())
      write(session)
      await sessions.finish(session, () => headers)
      expect(headers.getSetCookie()).toHaveLength(1)
      expect(headers.get('cache-control')).toBe('no-store')
    })

    test('marks what was only read from as private', async () => {
      const { sessions } = setUp()
      const headers = new Headers({ 'cache-control': 'public' })
      const session = await sessions.load(request())
      session.data
      await sessions.finish(session, headers)
      expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Cookie', 'private'])
    })
  })

  test('abandon drops what was changed, and keeps the logout', async () => {
    const { sessions } = setUp()
    const cookie = await begin(sessions)
    const dropped = await turn(sessions, cookie, (session) => {
      write(session)
      session.login('ada')
      sessions.abandon(session)
    })
    expect(dropped.sent).toEqual([])
    const ended = await turn(sessions, cookie, (session) => {
      session.destroy()
      session.login('bob')
      sessions.abandon(session)
    })
    expect((await turn(sessions, ended.cookie)).session.outcome).toBe('none')
  })

  test('looked says whether anybody used the session', async () => {
    const { sessions } = setUp()
    const session = await sessions.load(request(await begin(sessions)))
    expect(sessions.looked(session)).toBe(false)
    session.isNew
    expect(sessions.looked(session)).toBe(true)
  })

  describe('explain', () => {
    test('says what there is to say, changes nothing, reports nothing', async () => {
      const { sessions, events } = setUp()
      const { cookie, session } = await turn(sessions, '', write)
      expect(await sessions.explain(request())).toEqual({
        outcome: 'none',
        code: 'none',
        message: 'The request carried no session.',
        remedy: '',
      })
      expect(await sessions.explain(request(cookie))).toMatchObject({ outcome: 'loaded', code: 'loaded' })
      expect(await sessions.explain(request(`${NAME}=junk`))).toMatchObject({ code: 'malformed' })
      expect(await sessions.explain(request('session=1'))).toMatchObject({
        outcome: 'none',
        code: 'other-name',
      })
      expect(events).toEqual([])
      expect((await turn(sessions, cookie)).session.id).toBe(session.id)
    })

    test('leaves the session of the request unlooked at', async () => {
      const { sessions } = setUp()
      const asked = request(await begin(sessions))
      const session = await sessions.load(asked)
      await sessions.explain(asked)
      expect(sessions.looked(session)).toBe(false)
    })
  })

  test('a manager says nothing of its secrets', () => {
    const { sessions } = setUp()
    expect(JSON.stringify({ sessions })).toBe('{"sessions":"[SessionManager]"}')
    expect(inspect(sessions, { depth: 9, showHidden: true })).not.toContain(SECRETS[0])
  })
})

describe('a store that is down', () => {
  const down = () => {
    let working = true
    const set = (now: boolean): void => {
      working = now
    }
    const store = faultyStore(new MemoryStore(), () => (working ? undefined : 'throw'))
    return { ...bench('stored', { store, clock: Date.now }), set }
  }

  test('fails the load, and not the next one of the same request', async () => {
    const { make, set } = down()
    const sessions = make()
    const asked = request(await begin(sessions))
    set(false)
    await failure('store_unavailable', () => sessions.load(asked))
    set(true)
    expect((await sessions.load(asked)).data.n).toBe(1)
  })

  test('is explained, whatever onStoreError says', async () => {
    const { make, set } = down()
    const sessions = make()
    const cookie = await begin(sessions)
    set(false)
    expect(await sessions.explain(request(cookie))).toMatchObject({
      outcome: 'store-error',
      code: 'store-error',
    })
  })

  test('is no matter to who comes without a cookie, or writes nothing', async () => {
    const { make, set } = down()
    set(false)
    expect((await turn(make())).sent).toEqual([])
  })
})

describe('capabilities', () => {
  const none = {
    revocable: false,
    rollbackProtected: false,
    compareAndSet: false,
    listable: false,
    immediate: false,
  }
  const all = {
    revocable: true,
    rollbackProtected: true,
    compareAndSet: true,
    listable: true,
    immediate: true,
  }
  const secrets = SECRETS[0]
  const store = (more: Partial<Store> = {}): Store => Object.assign(new MemoryStore(), more)

  test('of a sealed manager, encrypted or signed: none', () => {
    expect(new SessionManager({ secrets }).capabilities).toEqual(none)
    expect(new SessionManager({ secrets, protection: 'sign' }).capabilities).toEqual(none)
  })

  test('of a strong store: all, with or without secrets', () => {
    expect(new SessionManager({ store: store() }).capabilities).toEqual(all)
    expect(new SessionManager({ store: store(), secrets }).capabilities).toEqual(all)
  })

  test('of an eventual store, and of one that lists nothing', () => {
    const eventual = new SessionManager({ store: store({ consistency: 'eventual' }) }).capabilities
    expect(eventual).toEqual({ ...none, revocable: true, listable: true })
    const plain = Object.defineProperty(store(), 'list', { value: undefined }) as Store
    expect(new SessionManager({ store: plain }).capabilities).toEqual({ ...all, listable: false })
  })
})
