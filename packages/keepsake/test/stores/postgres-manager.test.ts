import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { SessionError, SessionManager } from '../../src/index.ts'
import { postgresStore } from '../../src/postgres.ts'
import { browser, type Visitor } from '../../src/testing.ts'
import { SECRETS } from '../core/kit.ts'
import { installed } from '../services.ts'
import { CLIENTS, type Connected } from './postgres-clients.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from './postgres-server.ts'

const NAME = '__Host-Http-session'

type Sessions = SessionManager<{ count: number }>

interface App {
  readonly sessions: Sessions
  readonly visit: () => Visitor
  readonly end: () => void | Promise<void>
}

/** Counts, signs in as anybody, signs out; an outage is a 503. */
async function app(kind: string, server: PostgresServer): Promise<App> {
  const connected = CLIENTS[kind]?.(server) as Connected
  const store = postgresStore(connected.client)
  await store.migrate()
  const sessions: Sessions = new SessionManager({
    secrets: SECRETS[0],
    store,
    storeTimeout: '1s',
    rotateEvery: '60s',
  })
  const handle = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    try {
      return await sessions.run(request, async (session) => {
        if (pathname.startsWith('/login/')) session.login(pathname.slice(7))
        if (pathname === '/logout') session.destroy()
        if (pathname === '/count')
          await sessions.update(session, (data) => {
            data.count = (data.count ?? 0) + 1
          })
        return new Response(`${session.owner ?? 'nobody'} ${session.data.count ?? 0}`)
      })
    } catch (error) {
      return new Response(error instanceof SessionError ? error.code : String(error), { status: 503 })
    }
  }
  return { sessions, visit: () => browser(handle), end: connected.end }
}

const id = async (sessions: Sessions, visitor: Visitor): Promise<string> => {
  const cookie = `${NAME}=${visitor.cookie(NAME)?.value}`
  return (await sessions.load(new Request('https://example.test/', { headers: { cookie } }))).id
}

describe.runIf(installed(...PROGRAMS))('an app of two processes on one Postgres', () => {
  let server: PostgresServer
  let here: App
  let there: App

  beforeAll(async () => {
    server = await startPostgres()
    here = await app('pg', server)
    there = await app('postgres', server)
  }, 60_000)

  afterAll(async () => {
    await here.end()
    await there.end()
    await server.stop()
  })

  it('lists the sessions of an owner, and ends all but one', async () => {
    const devices = [here.visit(), there.visit(), here.visit()] as const
    for (const device of devices) await device.get('/login/ada')
    const ids = await Promise.all(devices.map((device) => id(here.sessions, device)))
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
    const cookie = `${NAME}=${visitor.cookie(NAME)?.value}`
    const counted = async ({ sessions }: App): Promise<void> => {
      const session = await sessions.load(new Request('https://example.test/', { headers: { cookie } }))
      for (let times = 0; times < 50; times++)
        await sessions.update(session, (data) => {
          data.count = (data.count ?? 0) + 1
        })
    }
    await Promise.all([counted(here), counted(there)])
    expect(await visitor.text('/')).toBe('bob 100')
  })

  it('ends a session in both', async () => {
    const visitor = here.visit()
    await visitor.get('/login/eve')
    const copy = visitor.steal()
    await visitor.get('/logout')
    expect([await copy.text('/'), await there.sessions.list('eve')]).toEqual(['nobody 0', []])
  })
})

async function shop(kind: string): Promise<App & { readonly server: PostgresServer }> {
  const server = await startPostgres()
  const opened = await app(kind, server)
  onTestFinished(async () => {
    await server.stop()
    await opened.end()
  })
  return { ...opened, server }
}

describe.runIf(installed(...PROGRAMS)).each(['pg', 'postgres'])('an outage, through %s', (kind) => {
  it.each([
    'SIGSTOP',
    'SIGKILL',
  ] as const)('is an error in time after %s, and costs no visitor the cookie', async (signal) => {
    const { server, visit } = await shop(kind)
    const visitor = visit()
    await visitor.get('/login/ada')
    await visitor.get('/count')
    const cookies = visitor.cookies()
    server.signal(signal)
    const began = performance.now()
    expect(await visitor.text('/')).toBe('store_unavailable')
    expect(performance.now() - began).toBeLessThan(2_000)
    for (const path of ['/count', '/login/bob']) expect(await visitor.text(path)).toBe('store_unavailable')
    expect(visitor.cookies()).toEqual(cookies)
  }, 60_000)

  it('is over when the server goes on, or starts anew, and nothing acknowledged is lost', async () => {
    const { server, visit } = await shop(kind)
    const visitor = visit()
    await visitor.get('/login/ada')
    await visitor.get('/count')
    server.signal('SIGSTOP')
    expect(await visitor.text('/')).toBe('store_unavailable')
    server.signal('SIGCONT')
    expect(await visitor.text('/')).toBe('ada 1')
    server.signal('SIGKILL')
    expect(await visitor.text('/')).toBe('store_unavailable')
    await server.restart()
    await expect.poll(() => visitor.text('/'), { timeout: 20_000 }).toBe('ada 1')
    expect(await visitor.text('/count')).toBe('ada 2')
  }, 60_000)
})
