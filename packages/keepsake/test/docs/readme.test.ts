import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import type { Hono } from 'hono'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Session, SessionManager } from '../../src/index.ts'
import { type App, browser } from '../../src/testing.ts'
import { BUN_PRELOAD, environment, served, twice } from './served.ts'
import { folder, pages, root, snippetsOf, writeFiles } from './snippets.ts'
import { typeErrors } from './type-check.ts'

/** What snippets are called that import each other or are run; others get a name from their page and heading. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'CONTRIBUTING.md: A door in an hour': ['door.ts'],
  'docs/coming-from/cookie-session.md: Here': ['cookie-session.ts'],
  'docs/coming-from/cookie-session.md: Here, without touching a handler': ['cookie-session-unchanged.ts'],
  'docs/coming-from/express-session.md: Here': ['express-session.ts'],
  'docs/coming-from/express-session.md: Here, without touching a handler': ['express-session-unchanged.ts'],
  'docs/coming-from/h3.md: Here': ['h3.ts'],
  'docs/coming-from/hanami.md: Here': ['hanami.ts'],
  'docs/coming-from/hono-session.md: Here': ['hono-session.ts'],
  'docs/coming-from/iron-session.md: Here': ['iron-session.ts'],
  'docs/coming-from/sinatra.md: Here': ['sinatra.ts'],
  'README.md: A counter': ['counter.ts', 'handler.ts'],
  'README.md: Login, flash, logout': ['login.ts'],
  'README.md: In the cookie or in a store?': ['devices.ts'],
  'README.md: Each runtime': ['express.ts', 'node.ts', 'worker.ts', 'deno.ts', 'bun.ts'],
  'README.md: Without cookies': ['bearer.ts'],
  'README.md: Another client': ['bound.ts'],
  'README.md: Why is this session empty?': ['why.ts'],
  'docs/csrf.md: Forms and other sites': ['forms.ts', 'forms-hono.ts', 'forms-express.ts', 'forms-socket.ts'],
  'docs/jwt.md: Sessions as JSON Web Tokens': ['jwt-app.ts', 'jwt-service.ts'],
  'README.md: Writing a store': ['map-store.ts', 'contract.ts'],
}

const COUNTED = ['You were here 1 times.', 'You were here 2 times.']
const home = process.cwd()

function named(): Map<string, string> {
  const counts = new Map<string, number>()
  return new Map(
    pages()
      .flatMap((page) => snippetsOf(page, 'ts'))
      .map(({ page, heading, code }) => {
        const place = `${page}: ${heading}`
        const nth = counts.get(place) ?? 0
        counts.set(place, nth + 1)
        return [FILES[place]?.[nth] ?? fileName(place, nth), code]
      }),
  )
}

function fileName(place: string, nth: number): string {
  return `${place.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${nth + 1}.ts`
}

async function load<Exports>(name: string): Promise<Exports> {
  return (await import(/* @vite-ignore */ join(folder, name))) as Exports
}

beforeAll(() => {
  Object.assign(process.env, environment)
  writeFiles([...named(), ['package.json', '{ "type": "module" }'], ['preload.js', BUN_PRELOAD]])
  process.chdir(folder)
})

afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

it('finds every snippet that has a name', () => {
  expect([...named().keys()]).toEqual(expect.arrayContaining(Object.values(FILES).flat()))
})

it('type checks every snippet under the strictest settings', async () => {
  expect(await typeErrors([...named().keys()])).toBe('')
}, 60_000)

describe('without a server', () => {
  it.each([
    'counter.ts',
    'sinatra.ts',
    'hanami.ts',
    'iron-session.ts',
    'h3.ts',
    'hono-session.ts',
  ])('counts, in %s', async (file) => {
    const { default: app, GET = app } = await load<{ default: App; GET?: App }>(file)
    const visitor = browser(GET)
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(COUNTED)
  })

  it('counts by load and commit', async () => {
    const { handler } = await load<{ handler: (request: Request) => Promise<Response> }>('handler.ts')
    const visitor = browser(handler)
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(COUNTED)
  })

  it('signs in, says so once, and signs out', async () => {
    const { default: app } = await load<{ default: App }>('login.ts')
    const visitor = browser(app)
    expect(await visitor.text('/')).toBe('Hello stranger')
    expect(await (await visitor.post('/login', { name: 'Ada' })).text()).toBe('Welcome back. Hello Ada')
    expect(await visitor.text('/')).toBe('Hello Ada')
    expect(await (await visitor.post('/logout')).text()).toBe('See you. Hello stranger')
    expect(await visitor.text('/')).toBe('Hello stranger')
  })

  it('signs out elsewhere', async () => {
    const { sessions, signOutElsewhere } = await load<Devices>('devices.ts')
    const app: App = (request) =>
      sessions.run(request, (session) => {
        if (request.method === 'POST') session.login('ada')
        return new Response(`${session.owner} ${session.id}`)
      })
    const [here, there] = [browser(app), browser(app)]
    for (const visitor of [here, there]) await visitor.post('/')
    const [, id = ''] = (await here.text('/')).split(' ')
    const log = vi.spyOn(console, 'log').mockReturnValue()
    expect(await signOutElsewhere('ada', id)).toBe(1)
    expect(log.mock.calls.map(([listed]) => listed)).toContain(id)
    log.mockRestore()
    expect(await here.text('/')).toBe(`ada ${id}`)
    expect(await there.text('/')).toMatch(/^undefined /)
  })

  it('lets another service verify who is there', async () => {
    const { sessions, publicKeys } = await load<JwtApp>('jwt-app.ts')
    const { ownerOf } = await load<{ ownerOf: (token: string) => Promise<string | undefined> }>(
      'jwt-service.ts',
    )
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => publicKeys())
    const session = await sessions.load(new Request('https://app.example/'))
    session.login('ada')
    const [cookie = ''] = await sessions.save(session)
    const [token = ''] = cookie.slice(cookie.indexOf('=') + 1).split(';')
    expect(await ownerOf(token)).toBe('ada')
    await expect(ownerOf(`${token.slice(0, -8)}AAAAAAAA`)).rejects.toThrow('signature')
    expect(fetched.mock.calls.map(([url]) => String(url))).toEqual([
      'https://app.example/.well-known/jwks.json',
    ])
    fetched.mockRestore()
  })

  it('takes forms of its own pages, and by a token those of a browser that says nothing', async () => {
    const { handler } = await load<Handled>('forms.ts')
    const visitor = browser(handler)
    expect(await visitor.text('/')).not.toContain('_csrf')
    await visitor.post('/', { name: 'Ada' })
    const [, token = ''] = /name="_csrf" value="([\w-]+)"/.exec(await visitor.text('/')) ?? []
    const silent = { headers: { origin: 'null', 'sec-fetch-site': 'none' } }
    const statuses = await Promise.all([
      visitor.post('/', { name: 'Ada', _csrf: token }, silent),
      visitor.post('/', { name: 'Ada' }, silent),
      visitor.post('/', { name: 'Eve', _csrf: token }, { from: 'https://evil.test' }),
    ])
    expect(statuses.map(({ status }) => status)).toEqual([200, 403, 403])
  })

  it('refuses forms of other sites with Hono', async () => {
    const { app } = await load<{ app: Hono }>('forms-hono.ts')
    app.post('/', (c) => c.text('taken'))
    const visitor = browser(app)
    expect(await (await visitor.post('/')).text()).toBe('taken')
    expect((await visitor.post('/', {}, { from: 'https://evil.test' })).status).toBe(403)
  })

  it('counts for who brings the token that it gave, and sets no cookie', async () => {
    const { handler } = await load<Handled>('bearer.ts')
    const first = await handler(new Request('https://example.test/'))
    const authorization = `Bearer ${first.headers.get('session-token')}`
    const second = await handler(new Request('https://example.test/', { headers: { authorization } }))
    expect([await first.json(), await second.json()]).toEqual([{ views: 1 }, { views: 2 }])
    expect(first.headers.getSetCookie()).toEqual([])
  })

  it('has no session for another client', async () => {
    const { sessions } = await load<{ sessions: SessionManager }>('bound.ts')
    const visitor = browser((request) =>
      sessions.run(request, (session) => {
        if (request.method === 'POST') session.login('ada')
        return new Response(session.owner ?? session.outcome)
      }),
    )
    const from = (agent: string) => ({ headers: { 'user-agent': agent } })
    await visitor.post('/', {}, from('Firefox/140.0'))
    expect(await visitor.text('/', from('Firefox/141.0'))).toBe('ada')
    expect(await visitor.text('/', from('curl/8.5.0'))).toBe('bound-elsewhere')
  })

  it('explains', async () => {
    const { why } = await load<{ why: (request: Request) => Promise<Response> }>('why.ts')
    const request = new Request('https://example.test/', { headers: { cookie: '__Host-Http-session=junk' } })
    expect(await (await why(request)).json()).toMatchObject({ code: 'malformed', remedy: /./ })
  })

  it('brings a session to a framework, and a logout out of a handler that failed', async () => {
    const { session } = await load<Door>('door.ts')
    const sessions = new SessionManager({ secrets: environment.SESSION_SECRET })
    const door = session(sessions)
    const visitor = browser(async (request) => {
      const context: Context = { request, responseHeaders: new Headers() }
      const handled = door(context, async () => {
        context.session?.login('ada')
        if (request.method === 'POST') context.session?.destroy()
        if (request.method === 'POST') throw new Error('boom')
      })
      const status = await handled.then(
        () => 200,
        () => 500,
      )
      return new Response(null, { status, headers: context.responseHeaders })
    })
    await visitor.get('/')
    expect(visitor.cookie('__Host-Http-session')).toBeDefined()
    expect((await visitor.post('/')).status).toBe(500)
    expect(visitor.cookie('__Host-Http-session')).toBeUndefined()
  })
})

describe('on Node', () => {
  it.each([
    'express.ts',
    'express-session.ts',
    'express-session-unchanged.ts',
    'cookie-session.ts',
    'cookie-session-unchanged.ts',
  ])('counts with Express, in %s', async (file) => {
    const { default: app } = await load<{ default: Listener }>(file)
    expect(await listening(app)).toEqual(COUNTED)
  })

  it('takes forms with Express by a token or by what the browser says, and none of another site', async () => {
    const { app } = await load<{ app: Listener }>('forms-express.ts')
    const statuses = await on(app, async (url) => {
      const page = await fetch(url)
      const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      const [, _csrf = ''] = /value="([\w-]+)"/.exec(await page.text()) ?? []
      const ask = async (headers: Record<string, string>, form = {}): Promise<number> =>
        (
          await fetch(url, {
            method: 'POST',
            headers: { cookie, ...headers },
            body: new URLSearchParams(form),
          })
        ).status
      return [
        await ask({}, { _csrf }),
        await ask({ origin: new URL(url).origin }),
        await ask({}),
        await ask({}, [
          ['_csrf', _csrf],
          ['_csrf', _csrf],
        ]),
        await ask({ origin: 'https://evil.test' }, { _csrf }),
      ]
    })
    expect(statuses).toEqual([200, 200, 403, 403, 403])
  })

  it('refuses the WebSockets of other sites', async () => {
    const { server } = await load<{ server: Listener }>('forms-socket.ts')
    const accept = vi.fn((_req: unknown, socket: Duplex) => socket.end('HTTP/1.1 426 Taken\r\n\r\n'))
    vi.stubGlobal('accept', accept)
    const statuses = await on(server, async (url) => {
      const ask = (origin: string): Promise<number | undefined> =>
        new Promise((tell, reject) => {
          const headers = { origin, connection: 'Upgrade', upgrade: 'websocket' }
          request(url, { headers }, ({ statusCode }) => tell(statusCode))
            .on('error', reject)
            .end()
        })
      return [await ask('https://evil.test'), await ask('null'), await ask(new URL(url).origin)]
    })
    vi.unstubAllGlobals()
    expect(statuses).toEqual([403, 403, 426])
    expect(accept).toHaveBeenCalledOnce()
  })

  it('counts with node:http', async () => {
    const { server } = await load<{ server: Listener }>('node.ts')
    expect(await listening(server)).toEqual(COUNTED)
  })

  it('passes the store contract and the races with a Map', async () => {
    const node = join(root, 'node_modules/.bin/node')
    const { stdout } = await promisify(execFile)(node, ['--test-reporter=tap', 'contract.ts'])
    expect(stdout).toMatch(/^# pass [1-9]\d+\n# fail 0$/m)
  }, 120_000)
})

describe('on other runtimes', () => {
  it.each([
    ['Deno, with KV', ['deno', 'run', '--allow-all', '--unstable-kv', 'deno.ts']],
    ['Deno, the first page', ['deno', 'serve', '--allow-all', '--host=127.0.0.1', '--port=0', 'counter.ts']],
    ['Bun, with SQLite', ['bun', '--preload=./preload.js', 'bun.ts']],
    ['Bun, the first page', ['bun', '--preload=./preload.js', 'counter.ts']],
  ])(
    'counts on %s',
    async (_, command) => {
      const counted = (url: string): Promise<string[]> =>
        twice((cookie) => fetch(url, { headers: { cookie } }))
      expect(await served(command, counted)).toEqual(COUNTED)
    },
    30_000,
  )

  it('counts on Workers, with a Durable Object', async () => {
    const worker = new Miniflare({
      modules: true,
      script: await bundled('worker.ts'),
      bindings: environment,
      ...configured(),
    })
    const counted = twice(async (cookie) => {
      const response = await worker.dispatchFetch('https://example.test/', { headers: { cookie } })
      return response as unknown as Response
    })
    expect(await counted.finally(() => worker.dispose())).toEqual(COUNTED)
  }, 30_000)
})

interface Context {
  readonly request: Request
  readonly responseHeaders: Headers
  session?: Session
}

interface Handled {
  handler(request: Request): Promise<Response>
}

interface Door {
  session(sessions: SessionManager): (context: Context, next: () => Promise<void>) => Promise<void>
}

interface JwtApp {
  sessions: SessionManager<{ cart: string[] }>
  publicKeys: () => Response
}

interface Devices {
  readonly sessions: SessionManager<{ cart: string[] }>
  signOutElsewhere(owner: string, here: string): Promise<number>
}

interface Listener {
  listen(port: number, host: string, listening: () => void): Server
}

function listening(app: Listener): Promise<string[]> {
  return on(app, (url) => twice((cookie) => fetch(url, { headers: { cookie } })))
}

async function on<T>(app: Listener, use: (url: string) => Promise<T>): Promise<T> {
  const server = await new Promise<Server>((resolve) => {
    const opening = app.listen(0, '127.0.0.1', () => resolve(opening))
  })
  const { port } = server.address() as AddressInfo
  return use(`http://127.0.0.1:${port}/`).finally(() => server.close())
}

interface WorkerSettings {
  readonly compatibility_date: string
  readonly durable_objects: { readonly bindings: readonly { name: string; class_name: string }[] }
  readonly migrations: readonly { readonly new_sqlite_classes: readonly string[] }[]
}

/** What the README's wrangler.jsonc says, as Miniflare says it. */
function configured(): { compatibilityDate: string; durableObjects: Record<string, object> } {
  const [settings] = snippetsOf('README.md', 'json').map(({ code }) => JSON.parse(code) as WorkerSettings)
  if (!settings) throw new Error('README.md shows no wrangler.jsonc')
  const kept = settings.migrations.flatMap((migration) => migration.new_sqlite_classes)
  const objects = settings.durable_objects.bindings.map(({ name, class_name: className }) => [
    name,
    { className, useSQLite: kept.includes(className) },
  ])
  return { compatibilityDate: settings.compatibility_date, durableObjects: Object.fromEntries(objects) }
}

async function bundled(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, name)],
    bundle: true,
    write: false,
    format: 'esm',
    external: ['cloudflare:workers'],
  })
  return outputFiles[0]?.text ?? ''
}
