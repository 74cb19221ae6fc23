import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { home } from '../../scripts/doors.ts'
import { SessionManager, type Store } from '../../src/index.ts'
import { postgresStore } from '../../src/postgres.ts'
import { redisStore } from '../../src/redis.ts'
import { sqliteStore } from '../../src/sqlite.ts'
import { cookieFor } from '../../src/testing.ts'
import { freePort, installed } from '../services.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from '../stores/postgres-server.ts'
import { type RedisServer, startRedis } from '../stores/redis-server.ts'
import { keepsake } from './kit.ts'

const folder = mkdtempSync(join(tmpdir(), 'keepsake-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PASSWORD = 'hunter2-hunter2'
const MODULES = resolve(home, '../../node_modules')

/** A folder of an app that has this client and no other. */
function appWith(client: string): string {
  const modules = join(folder, `app-with-${client}`, 'node_modules')
  mkdirSync(modules, { recursive: true })
  const link = join(modules, client)
  if (!existsSync(link)) symlinkSync(join(MODULES, client), link)
  return join(modules, '..')
}

/** What every store's commands owe. */
function commands(make: () => { store: Store; args: readonly string[]; cwd?: string }): void {
  const run = (...more: readonly string[]) => {
    const { args, cwd } = make()
    return keepsake([...more, ...args], cwd === undefined ? {} : { cwd })
  }
  const login = async (owner: string, label?: string): Promise<{ id: string; token: string }> => {
    const sessions = new SessionManager({ store: make().store })
    const cookie = await cookieFor(sessions, { owner, ...(label !== undefined && { label }) })
    const { id } = await sessions.load(new Request('https://example.test/', { headers: { cookie } }))
    return { id, token: cookie.slice(cookie.indexOf('=') + 1) }
  }

  it('lists what an owner has, and nothing secret', async () => {
    const ids = [await login('ada', 'Firefox'), await login('ada')]
    await login('grace')
    const { status, stdout, stderr } = await run('list', 'ada', '--json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const listed = JSON.parse(stdout)
    expect(listed.map((it: { id: string }) => it.id)).toEqual(ids.map(({ id }) => id).sort())
    expect(listed.find((it: { id: string }) => it.id === ids[0]?.id)).toEqual({
      id: ids[0]?.id,
      createdAt: expect.stringMatching(/Z$/),
      lastSeenAt: expect.stringMatching(/Z$/),
      expiresAt: expect.stringMatching(/Z$/),
      authenticatedAt: expect.stringMatching(/Z$/),
      label: 'Firefox',
    })
    for (const { token } of ids) expect(stdout).not.toContain(token)
  })

  it('lists a session a line on a pipe', async () => {
    const { id } = await login('lin', 'a\tb\u001b[31m')
    const { stdout } = await run('list', 'lin')
    const iso = expect.stringMatching(/^\d{4}-\S+Z$/)
    expect(stdout.split('\t')).toEqual([id, iso, iso, iso, 'a\\u{9}b\\u{1b}[31m\n'])
  })

  it('lists more than a page', async () => {
    const sessions = new SessionManager({ store: make().store })
    for (let i = 0; i < 101; i++) await cookieFor(sessions, { owner: 'many' })
    expect((await run('list', 'many')).stdout.match(/\n/g)).toHaveLength(101)
  }, 60_000)

  it('says by its exit code that there is none', async () => {
    expect(await run('list', 'nobody')).toEqual({ status: 1, stdout: '', stderr: '' })
    expect(await run('list', 'nobody', '--json')).toEqual({ status: 1, stdout: '[]\n', stderr: '' })
  })

  it('ends one session, of its owner alone', async () => {
    const [one, other] = [await login('eve'), await login('eve')]
    expect(await run('revoke', one.id, '--owner', 'mallory')).toMatchObject({ status: 1 })
    expect(await run('revoke', one.id, '--owner', 'eve', '--json')).toEqual({
      status: 0,
      stdout: '{\n  "revoked": 1\n}\n',
      stderr: '',
    })
    expect(JSON.parse((await run('list', 'eve', '--json')).stdout)).toMatchObject([{ id: other.id }])
    expect(await run('revoke', one.id, '--owner', 'eve')).toMatchObject({ status: 1 })
  })

  it('ends all sessions of an owner', async () => {
    await login('bob')
    await login('bob')
    const { id } = await login('bill')
    expect(await run('revoke', '--all', '--owner', 'bob')).toEqual({
      status: 0,
      stdout: 'Ended 2 sessions.\n',
      stderr: '',
    })
    expect(await run('list', 'bob')).toMatchObject({ status: 1 })
    expect((await run('list', 'bill')).stdout).toContain(id)
  })

  it('knows the sessions of another audience apart', async () => {
    await login('amy')
    expect(await run('list', 'amy', '--audience', 'other')).toMatchObject({ status: 1 })
  })
}

/** What those owe whose engine has no expiry of its own. */
function sweeping(make: () => { store: Store; args: readonly string[] }): void {
  it('sweeps', async () => {
    const { store, args } = make()
    const past = new Date(Date.now() - 600_000)
    for (let i = 0; i < 3; i++) await store.create(`dead-${i}`, 'x', past)
    await store.create('alive', 'x', new Date(Date.now() + 3_600_000))
    expect(JSON.parse((await keepsake(['sweep', ...args, '--json'])).stdout).removed).toBeGreaterThan(0)
    expect(await keepsake(['sweep', ...args])).toEqual({ status: 0, stdout: 'Removed 0.\n', stderr: '' })
    expect(await store.get('alive')).toMatchObject({ value: 'x' })
  })
}

describe('SQLite', () => {
  const path = join(folder, 'sessions.db')
  const store = sqliteStore(path)
  afterAll(() => store.close())
  commands(() => ({ store, args: ['--store', `sqlite:${path}`] }))
  sweeping(() => ({ store, args: ['--store', path] }))

  it('takes an id that begins with a dash for one', async () => {
    const id = '-bcdefghijklmnopqrstuv'
    const told = { status: 1, stdout: 'This owner has no such session.\n', stderr: '' }
    expect(await keepsake(['revoke', id, '--owner', 'eve', '--store', path])).toEqual(told)
    expect(await keepsake(['revoke', '--owner', 'eve', '--store', path, '--', id])).toEqual(told)
    expect(await keepsake(['revoke', '-x', '--owner', 'eve', '--store', path])).toMatchObject({ status: 2 })
  })

  it('takes the store from the environment', async () => {
    expect(await keepsake(['sweep'], { env: { SESSION_STORE: path } })).toMatchObject({ status: 0 })
  })

  it('makes no file and no table', async () => {
    const missing = join(folder, 'missing.db')
    expect(await keepsake(['sweep', '--store', missing])).toEqual({
      status: 3,
      stdout: '',
      stderr: `keepsake: There is no file ${missing}.\n`,
    })
    const { status, stderr } = await keepsake(['sweep', '--store', path, '--table', 'other'])
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: `keepsake: ${path} has no table other; --table names another.\n`,
    })
    expect(readdirSync(folder)).not.toContain('missing.db')
  })

  it.each([['node20'], ['node26'], ['bun'], ['deno']])('is read on %s', async (name) => {
    const runtimes: Record<string, [string, ...string[]]> = {
      node20: [join(MODULES, 'node20/bin/node')],
      node26: [join(MODULES, 'node26/bin/node')],
      bun: [join(MODULES, '.bin/bun')],
      deno: [join(MODULES, '.bin/deno'), 'run', '-A'],
    }
    const { status, stdout, stderr } = await keepsake(['sweep', '--store', path], {
      runtime: runtimes[name] as [string],
    })
    if (name !== 'node20')
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'Removed 0.\n', stderr: '' })
    else
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(/^keepsake: .*Node 22\.13.*\n$/),
      })
  }, 30_000)

  it.skipIf(!installed('script'))(
    'draws a table on a terminal, in colours unless they are not wanted',
    async () => {
      const sessions = new SessionManager({ store })
      await cookieFor(sessions, { owner: 'tty', label: 'Firefox' })
      const onTerminal = (env: Record<string, string>, columns = 0): string =>
        execFileSync(
          'script',
          [
            '-qec',
            `stty cols ${columns}; ${process.execPath} ${join(home, 'dist/cli/main.js')} list tty --store ${path}`,
            '/dev/null',
          ],
          {
            env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'inherit'],
          },
        )
      const [title = '', row = ''] = onTerminal({}).split('\r\n')
      expect(title).toMatch(/^.\[1mid {22}created .*label.\[0m$/)
      expect(row).toMatch(/^[\w-]{22} {2}20.* Firefox$/)
      for (const columns of [0, 109])
        expect(onTerminal({ NO_COLOR: '1' }, columns)).toMatch(/^id {22}created .*label\r\n/)
      const narrow = onTerminal({ NO_COLOR: '1' }, 108).split('\r\n')
      expect(narrow[0]).toMatch(/^id {9}[\w-]{22}$/)
      expect(narrow.slice(1)).toEqual([
        expect.stringMatching(/^created {4}20/),
        expect.stringMatching(/^last seen {2}20/),
        expect.stringMatching(/^expires {4}20/),
        'label      Firefox',
        '',
      ])
    },
  )
})

describe.skipIf(!installed('redis-server'))('Redis', () => {
  let server: RedisServer
  let client: ReturnType<typeof createClient>
  beforeAll(async () => {
    server = await startRedis(['--requirepass', PASSWORD])
    client = createClient({ url: server.url, password: PASSWORD })
    await client.connect()
  })
  afterAll(async () => {
    client?.destroy()
    await server?.stop()
  })
  const url = (): string => server.url.replace('redis://', `redis://:${PASSWORD}@`)

  describe.each(['redis', 'ioredis'])('by %s', (name) => {
    const prefix = `by-${name}`
    const cwd = appWith(name)
    commands(() => ({
      store: redisStore(client, { prefix }),
      args: ['--store', url(), '--prefix', prefix],
      cwd,
    }))
  })

  it('has nothing to sweep', async () => {
    expect(await keepsake(['sweep', '--store', url()])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Redis'),
    })
  })
})

describe.skipIf(!installed(...PROGRAMS))('Postgres', () => {
  let server: PostgresServer
  let pool: pg.Pool
  beforeAll(async () => {
    server = await startPostgres()
    pool = new pg.Pool({ connectionString: server.url })
    for (const table of ['sessions', 'of_pg', 'of_postgres']) await postgresStore(pool, { table }).migrate()
  }, 60_000)
  afterAll(async () => {
    await pool?.end()
    await server?.stop()
  })

  describe.each(['pg', 'postgres'])('by %s', (name) => {
    const table = `of_${name}`
    const cwd = appWith(name)
    const made = () => ({
      store: postgresStore(pool, { table }),
      args: ['--store', server.url, '--table', table],
      cwd,
    })
    commands(made)
    sweeping(made)

    it('makes no table', async () => {
      const { status, stdout, stderr } = await keepsake(['sweep', '--store', server.url, '--table', 'none'], {
        cwd,
      })
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
      expect(stderr).toMatch(
        /^keepsake: The store at postgres:\/\/127\.0\.0\.1:\d+ failed: .*"none" does not exist\n$/,
      )
    })
  })
})

it.each([
  [`postgres:///db?host=${folder}/none&user=u&password=${PASSWORD}`],
  [`postgres://u:${PASSWORD}/${PASSWORD}@127.0.0.1:1/db`],
  [`postgres://u:12/${PASSWORD}@127.0.0.1:1/db`],
  [`postgres:u:${PASSWORD}@127.0.0.1:1/db`],
  [`redis://u:12/${PASSWORD}@127.0.0.1:1/0`],
  [`redis://u:12#${PASSWORD}@127.0.0.1:1/0`],
  [`redis:/u:${PASSWORD}@127.0.0.1:1`],
])('never tells the password of %s', async (place) => {
  const { status, stdout, stderr } = await keepsake(['sweep', '--store', place])
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
  expect(stderr).toMatch(/^keepsake: The store at (redis|postgres):[^\n]* failed: [^\n]+\n$/)
  expect(stderr).not.toContain(PASSWORD)
  expect(stderr).not.toContain('u:12')
})

it('never tells the password of a store that was given without --store', async () => {
  const { status, stdout, stderr } = await keepsake(['sweep', `postgres://u:${PASSWORD}@127.0.0.1/db`])
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(/^keepsake: [^\n]*--help[^\n]*\n$/)
  expect(stderr).not.toContain(PASSWORD)
})

it.each([
  'redis',
  'ioredis',
])('gives up on a Redis that takes the call of %s and says nothing', async (name) => {
  const open = new Set<Socket>()
  const server = createServer((socket) => open.add(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const { status, stderr } = await keepsake(['sweep', '--store', `redis://127.0.0.1:${port}`], {
    cwd: appWith(name),
  })
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: `keepsake: The store at redis://127.0.0.1:${port} failed: no answer within 5 seconds\n`,
  })
}, 20_000)

describe.each(['redis', 'postgres'])('a %s that is not there', (scheme) => {
  it.each([
    ['sweep'],
    ['list', 'ada'],
    ['revoke', '--all', '--owner', 'ada'],
  ])('is said in one line, without the password: %s', async (...args) => {
    const place = `${scheme}://user:${PASSWORD}@127.0.0.1:${await freePort()}/0`
    const { status, stdout, stderr } = await keepsake([...args, '--store', place])
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
    expect(stderr).toMatch(/^keepsake: [^\n]*127\.0\.0\.1[^\n]*ECONNREFUSED[^\n]*\n$/)
    expect(stderr).not.toContain(PASSWORD)
  })
})

it.each([
  [['sweep'], '--store is missing'],
  [['list', '--store', 'x.db'], 'one owner'],
  [['list', 'ada', 'grace', '--store', 'x.db'], 'one owner'],
  [['revoke', 'id', '--store', 'x.db'], '--owner'],
  [['revoke', '--owner', 'ada', '--store', 'x.db'], 'one id'],
  [['revoke', 'id', '--all', '--owner', 'ada', '--store', 'x.db'], 'not both'],
  [['sweep', '--store', 'mysql://localhost/x'], 'mysql:'],
  [['sweep', '--store', 'x.db', '--prefix', 'p'], '--table'],
  [['sweep', '--store', 'redis://localhost', '--table', 't'], '--prefix'],
  [['sweep', '--strore', 'x.db'], '--strore'],
])('refuses %j', async (args, why) => {
  const { status, stdout, stderr } = await keepsake(args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(why)
  expect(stderr).toMatch(/^keepsake: [^\n]+\n$/)
})
