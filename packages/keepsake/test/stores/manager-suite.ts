import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Duration } from '../../src/core/duration.ts'
import type { Store } from '../../src/core/store.ts'
import { SessionError, SessionManager } from '../../src/index.ts'
import { browser, type Visitor } from '../../src/testing.ts'
import { SECRETS } from '../core/kit.ts'

const NAME = '__Host-Http-session'

/** Each count weighs more, so that a full disk is noticed. */
type Data = { count: number; weight: string }

type Sessions = SessionManager<Data>

/** An app, as one process has it. */
export interface App {
  readonly sessions: Sessions
  readonly visit: () => Visitor
  readonly end: () => void | Promise<void>
}

/** What the tests do to a server. */
export interface Server {
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  stop(): Promise<void>
}

/** Counts for those who are signed in, signs in as anybody, signs out; an outage is a 503. */
export function app(store: Store, end: App['end'], storeTimeout: Duration = '1s'): App {
  const sessions: Sessions = new SessionManager({
    secrets: SECRETS[0],
    store,
    storeTimeout,
    rotateEvery: '60s',
  })
  const handle = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    try {
      return await sessions.run(request, async (session) => {
        if (pathname.startsWith('/login/')) session.login(pathname.slice(7))
        if (pathname === '/logout') session.destroy()
        if (pathname === '/count' && session.owner !== undefined)
          await sessions.update(session, (data) => {
            data.count = (data.count ?? 0) + 1
            data.weight = 'x'.repeat(100 * data.count)
          })
        return new Response(`${session.owner ?? 'nobody'} ${session.data.count ?? 0}`)
      })
    } catch (error) {
      return new Response(error instanceof SessionError ? error.code : String(error), { status: 503 })
    }
  }
  return { sessions, visit: () => browser(handle), end }
}

const sent = (visitor: Visitor): Request => {
  const cookie = `${NAME}=${visitor.cookie(NAME)?.value}`
  return new Request('https://example.test/', { headers: { cookie } })
}

/** Tests an app of two processes on one server, which has `timeout` milliseconds to start. */
export function testTwoProcesses<S extends Server>(
  start: () => Promise<S>,
  open: (server: S) => Promise<readonly [App, App]>,
  timeout?: number,
): void {
  let server: S
  let here: App
  let there: App

  beforeAll(async () => {
    server = await start()
    ;[here, there] = await open(server)
  }, timeout)

  afterAll(async () => {
    await here.end()
    await there.end()
    await server.stop()
  })

  it('lists the sessions of an owner, and ends all but one', async () => {
    const devices = [here.visit(), there.visit(), here.visit()] as const
    for (const device of devices) await device.get('/login/ada')
    const ids = await Promise.all(devices.map(async (device) => (await here.sessions.load(sent(device))).id))
    expect((await there.sessions.list('ada')).map((listed) => listed.id)).toEqual([...ids].sort())
    expect(await here.sessions.revokeAll('ada', { except: ids[0] ?? '' })).toBe(2)
    expect(await Promise.all(devices.map((device) => device.text('/')))).toEqual([
      'ada 0',
      'nobody 0',
      'nobody 0',
    ])
    expect(await there.sessions.list('ada')).toMatchObject([{ id: ids[0] }])
  })

  it('counts exactly, whoever counts', async () => {
    const visitor = here.visit()
    await visitor.get('/login/bob')
    const counted = async ({ sessions }: App): Promise<void> => {
      const session = await sessions.load(sent(visitor))
      for (let times = 0; times < 50; times++)
        await sessions.update(session, (data) => {
          data.count = (data.count ?? 0) + 1
        })
    }
    await Promise.all([counted(here), counted(there)])
    expect(await visitor.text('/')).toBe('bob 100')
  })

  it('does once what 50 requests at once need', async () => {
    const visitor = here.visit()
    await visitor.get('/login/dan')
    const refresh = async ({ sessions }: App): Promise<number> => {
      const session = await sessions.load(sent(visitor))
      return sessions.exclusive(session, 'token', async () => {
        await sessions.update(session, (data) => {
          data.count = (data.count ?? 0) + 1
        })
        return session.data.count ?? 0
      })
    }
    const all = Array.from({ length: 50 }, (_, i) => refresh(i % 2 === 0 ? here : there))
    expect(await Promise.all(all)).toEqual(Array(50).fill(1))
    expect(await visitor.text('/')).toBe('dan 1')
  })

  it('ends a session in both', async () => {
    const visitor = here.visit()
    await visitor.get('/login/eve')
    const copy = visitor.steal()
    await visitor.get('/logout')
    expect([await copy.text('/'), await there.sessions.list('eve')]).toEqual(['nobody 0', []])
  })
}
