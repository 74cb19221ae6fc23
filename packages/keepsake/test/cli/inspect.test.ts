import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/cli/failure.ts'
import { inspect as inspectCommand } from '../../src/cli/inspect.ts'
import { type ManagerOptions, MemoryStore, SessionManager } from '../../src/index.ts'
import { generateJwk, jwt } from '../../src/jwt.ts'
import { cookieFor } from '../../src/testing.ts'
import { vectors } from '../import/kit.ts'
import * as old from '../import/old-apps.ts'
import { type Circumstances, keepsake, type Run } from './kit.ts'

const { SECRET, OTHER } = old
const USUAL = '__Host-Http-session'
const DATA = { cart: ['tea'], name: 'José\u001b[31m' }

/** Runs `inspect --json`; nothing secret may be in what it prints. */
async function inspect(cookie: string, args: readonly string[] = [], circumstances: Circumstances = {}) {
  const run = await keepsake(['inspect', cookie, '--json', ...args], circumstances)
  refuseLeaks(run, cookie)
  expect(run.stderr).toBe('')
  return { status: run.status, reports: JSON.parse(run.stdout) as Record<string, unknown>[] }
}

function refuseLeaks({ stdout, stderr }: Run, ...cookies: readonly string[]): void {
  const values = cookies.flatMap((it) => it.split(/[;\s]+/)).map((it) => it.replace(/^[\w-]+=/, ''))
  for (const secret of [SECRET, OTHER, ...values.filter(({ length }) => length > 20)]) {
    expect(stdout + stderr).not.toContain(secret)
  }
}

type Options = Partial<ManagerOptions<Record<string, unknown>>>

/** The cookie of a session with this data: `name=value`. */
async function made(options: Options = {}, data: Record<string, unknown> = DATA): Promise<string> {
  const sessions = new SessionManager({
    secrets: SECRET,
    onEvent: () => undefined,
    ...options,
  } as ManagerOptions<Record<string, unknown>>)
  return cookieFor(sessions, { data, owner: 'ada', label: 'Firefox' })
}

const bareOf = (cookie: string): string => cookie.slice(cookie.indexOf('=') + 1)
const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
const keyId = expect.stringMatching(/^[0-9a-f]{8}$/)

describe('what is ours', () => {
  it('knows an encrypted seal, and shows its data to who has the secret', async () => {
    const cookie = await made()
    const [outside] = (await inspect(cookie)).reports
    expect(outside).toEqual({
      cookie: USUAL,
      library: 'keepsake',
      kind: 'seal, encrypted',
      state: 'not-verified',
      verified: false,
      keyId,
      period: expect.stringMatching(/:00:00\.000Z$/),
      size: cookie.length - 1,
      limit: 4096,
    })
    const { status, reports } = await inspect(cookie, ['--secret', OTHER, '--secret', SECRET])
    expect(status).toBe(0)
    expect(reports).toEqual([
      {
        ...outside,
        kind: 'session, sealed in the cookie (seal, encrypted)',
        state: 'opens',
        verified: true,
        id: expect.stringMatching(/^[\w-]{22}$/),
        createdAt: iso,
        issuedAt: iso,
        expiresAt: iso,
        authenticatedAt: iso,
        owner: 'ada',
        label: 'Firefox',
        data: DATA,
      },
    ])
  })

  it('shows a signed seal to anybody, as what nobody has checked', async () => {
    const cookie = await made({ protection: 'sign' })
    const expected = { owner: 'ada', data: DATA, createdAt: iso, id: expect.any(String), keyId }
    const { status, reports } = await inspect(cookie)
    expect(status).toBe(0)
    expect(reports).toMatchObject([{ ...expected, state: 'not-verified', verified: false }])
    expect((await inspect(cookie, [], { env: { SESSION_SECRET: SECRET } })).reports).toMatchObject([
      { ...expected, state: 'opens', verified: true },
    ])
  })

  it('knows a token, and keeps its secret part to itself', async () => {
    const cookie = await made({ store: new MemoryStore() })
    const bytes = Buffer.from(bareOf(cookie), 'base64url')
    const parts = [bytes.subarray(29, 61), bytes.subarray(61)]
    for (const args of [[], ['--secret', SECRET], ['--secret', OTHER]]) {
      const { stdout } = await keepsake(['inspect', cookie, ...args])
      for (const part of parts)
        for (const form of ['hex', 'base64', 'base64url'] as const)
          expect(stdout).not.toContain(part.toString(form).replace(/=+$/, ''))
    }
    const claims = {
      kind: 'token of a stored session, with a MAC',
      keyId,
      id: expect.any(String),
      generation: expect.any(Number),
      issuedAt: iso,
    }
    // nothing but this
    expect((await inspect(cookie)).reports).toEqual([
      {
        ...claims,
        cookie: USUAL,
        library: 'keepsake',
        state: 'not-verified',
        verified: false,
        size: 122,
        limit: 4096,
      },
    ])
    expect(await inspect(cookie)).toMatchObject({
      status: 0,
      reports: [{ ...claims, state: 'not-verified' }],
    })
    expect(await inspect(cookie, ['--secret', SECRET])).toMatchObject({
      status: 0,
      reports: [{ ...claims, state: 'genuine', verified: true }],
    })
    expect(await inspect(cookie, ['--secret', OTHER])).toMatchObject({
      status: 1,
      reports: [{ ...claims, state: 'unknown-key' }],
    })
    expect(await inspect(cookie, ['--secret', SECRET, '--audience', 'x'])).toMatchObject({
      status: 1,
      reports: [{ ...claims, state: 'tampered' }],
    })
  })

  it('knows a token without a MAC', async () => {
    const sessions = new SessionManager({ store: new MemoryStore(), onEvent: () => undefined })
    const cookie = await cookieFor(sessions, { owner: 'ada' })
    const kind = 'token of a stored session, without a MAC'
    expect(await inspect(cookie)).toMatchObject({ status: 0, reports: [{ kind, state: 'not-verified' }] })
    expect(await inspect(cookie, ['--secret', SECRET])).toMatchObject({
      status: 1,
      reports: [{ kind, state: 'does-not-open' }],
    })
  })

  it('knows a snapshot beside its token', async () => {
    const sessions = new SessionManager({
      secrets: SECRET,
      store: new MemoryStore(),
      cache: { maxAge: '1m' },
    })
    const cookie = await cookieFor(sessions, { data: DATA, owner: 'ada' })
    const session = await sessions.load(new Request('https://example.test/', { headers: { cookie } }))
    expect(session.owner).toBe('ada')
    const header = [`set-cookie: ${cookie}`, ...(await sessions.save(session))].join('\n')
    expect((await inspect(header, ['--secret', SECRET])).reports).toMatchObject([
      { cookie: USUAL, state: 'genuine' },
      {
        cookie: `${USUAL}-snapshot`,
        kind: expect.stringContaining('snapshot'),
        state: 'opens',
        owner: 'ada',
        data: DATA,
      },
    ])
  })

  it('opens one-off tokens by their purpose', async () => {
    const sessions = new SessionManager({ secrets: SECRET, audience: 'shop' })
    const token = await sessions.seal('reset', { user: 7 }, { ttl: '1h' })
    const args = ['--secret', SECRET, '--audience', 'shop']
    expect(await inspect(token, [...args, '--purpose', 'reset'])).toMatchObject({
      status: 0,
      reports: [
        { kind: 'one-off token (seal, encrypted)', state: 'opens', data: { user: 7 }, expiresAt: iso },
      ],
    })
    expect(await inspect(token, args)).toMatchObject({ status: 1, reports: [{ state: 'tampered' }] })
    const line = await sessions.transient('state').set('xyz')
    expect((await inspect(line, args)).reports).toMatchObject([{ state: 'opens', data: 'xyz' }])
  })

  it.each(['ES256', 'HS256', 'dir'] as const)('knows a JWT by %s', async (alg) => {
    const key = await generateJwk(alg)
    const issuer = 'https://app.example'
    const cookie = await made({ protection: jwt({ keys: key, issuer }) })
    const jwk = JSON.stringify(key)
    const readable = alg === 'dir' ? {} : { owner: 'ada', data: DATA, createdAt: iso }
    const [report] = (await inspect(cookie)).reports
    expect(report).toMatchObject({
      library: 'keepsake/jwt',
      keyId: key.kid,
      state: 'not-verified',
      ...readable,
    })
    expect(report?.data).toEqual(alg === 'dir' ? undefined : DATA)
    expect(await inspect(cookie, ['--issuer', issuer], { env: { SESSION_JWK: jwk } })).toMatchObject({
      status: 0,
      reports: [{ state: 'opens', owner: 'ada', data: DATA, keyId: key.kid }],
    })
    const other = JSON.stringify(await generateJwk(alg))
    expect(await inspect(cookie, ['--issuer', issuer, '--jwk', other])).toMatchObject({
      status: 1,
      reports: [{ state: 'unknown-key' }],
    })
  })
})

describe('why it does not open', () => {
  const why = async (cookie: string, args: readonly string[] = ['--secret', SECRET]) => {
    const { status, reports } = await inspect(cookie, args)
    expect(status).toBe(1)
    return `${reports[0]?.state}: ${reports[0]?.problem} ${reports[0]?.remedy}`
  }

  it('names its key, and those of the secrets', async () => {
    expect(await why(await made(), ['--secret', OTHER])).toMatch(
      /^unknown-key: Made with key [0-9a-f]{8}; loaded are [0-9a-f]{8}\. Keep the former secret/,
    )
  })

  it('asks for name and audience', async () => {
    expect(await why(await made({ audience: 'shop' }))).toMatch(/^tampered: Altered, .*--name.*--audience/)
    expect(await why(`other=${bareOf(await made())}`)).toMatch(/^tampered: /)
    expect(await why(bareOf(await made({ cookie: { name: '__Host-x' } })))).toMatch(/^tampered: /)
  })

  it('finds the name of a bare value among the usual ones', async () => {
    const bare = bareOf(await made())
    expect(await inspect(bare, ['--secret', SECRET])).toMatchObject({
      status: 0,
      reports: [{ state: 'opens', name: USUAL }],
    })
    const named = bareOf(await made({ cookie: { name: '__Host-x' } }))
    expect(await inspect(named, ['--secret', SECRET, '--name', '__Host-x'])).toMatchObject({ status: 0 })
  })

  it('says when it has ended', async () => {
    const past = Date.now() - 20 * 86_400_000
    const cookie = await made({ clock: () => past })
    expect(await why(cookie)).toMatch(/^expired: Idle too long, ended \d{4}-.*\(created \d{4}-.*, last seen/)
    expect((await inspect(cookie, ['--secret', SECRET])).reports).toMatchObject([
      { data: DATA, verified: true },
    ])
    const long = await made({ clock: () => past, idleTimeout: '30d' })
    expect(await inspect(long, ['--secret', SECRET])).toMatchObject({ status: 0 })
    expect(await why(long, ['--secret', SECRET, '--lifetime', '10d'])).toMatch(
      /^expired: Past the absolute limit/,
    )
    const signed = await made({ clock: () => past, protection: 'sign' })
    expect(await why(signed, [])).toMatch(/^expired: Idle too long/)
    expect((await inspect(signed)).reports).toMatchObject([{ data: DATA, verified: false }])
  })

  it('says where it is broken', async () => {
    const seal = bareOf(await made())
    expect(await why(`${seal.slice(0, 50)}%${seal.slice(51)}`)).toMatch(/^malformed: .*character 51 is "%"/)
    expect(await why(seal.slice(0, 60))).toMatch(
      /^malformed: Begins like an encrypted seal, .* 60 characters/,
    )
    const token = bareOf(await made({ store: new MemoryStore() }))
    expect(await why(token.slice(0, -3))).toMatch(
      /^malformed: Begins like a token, .* 100 characters, a token has 103/,
    )
    const signed = bareOf(await made({ protection: 'sign' }))
    expect(await why(signed.slice(0, signed.lastIndexOf('.')))).toMatch(
      /^malformed: Begins like a signed seal, but has 2 parts/,
    )
    expect(await why('complete nonsense')).toMatch(/^malformed: Of no form that Keepsake/)
  })

  it('says what is wrong with the secret', async () => {
    expect(await why(await made(), ['--secret', 'too short'])).toMatch(
      /^does-not-open: secrets has 9 bytes, at least 32/,
    )
    expect(await why(await made({ store: new MemoryStore() }), ['--secret', 'a'.repeat(32)])).toMatch(
      /^does-not-open: /,
    )
  })

  it('says which are too large', async () => {
    const { reports } = await inspect(`${USUAL}=${'A'.repeat(5_000)}`)
    expect(reports).toMatchObject([{ size: 5_019, limit: 4096 }])
  })
})

interface Old {
  /** A whole Cookie header, as the browser sends it. */
  readonly cookie: string
  readonly secret: string
  readonly library: string
  readonly kind: string
  readonly data?: unknown
  /** What anybody may read of it. */
  readonly outside?: object
  readonly state?: 'genuine'
}

const headerOf = (jar: Readonly<Record<string, string>>): string =>
  Object.entries(jar)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')

const fromApp = async (
  jar: Promise<Readonly<Record<string, string>>>,
  what: Pick<Old, 'library' | 'kind'> & Partial<Old>,
): Promise<Old> => ({
  cookie: headerOf(await jar),
  secret: SECRET,
  data: old.DATA,
  ...what,
})

interface RackVector {
  readonly format: string
  readonly purpose?: string | null
  readonly secret_utf8: string
  readonly payload: object
  readonly token: string
  readonly cookie_value_unescaped: string
}

function rack(format: string, version: number): Old {
  const { vectors: all } = vectors<{ vectors: readonly RackVector[] }>('rack-session-2.1.2')
  const vector = all.find((it) => it.format === format && (it.purpose ?? null) === null)
  const { token = vector?.cookie_value_unescaped ?? '', secret_utf8: secret = '', payload } = vector ?? {}
  const cookie = `rack.session=${encodeURIComponent(token)}`
  const kind = version === 0 ? 'Rack 2, signed' : `version ${version}`
  return { cookie, secret, library: 'rack', kind, ...(payload && { data: payload }) }
}

function sinatra(store: string, kind: string): Old {
  const made = vectors<{ secret: string; vectors: readonly { store: string; cookie: string }[] }>(
    'sinatra-3.0.5',
  )
  const { cookie = '' } = made.vectors.find((it) => it.store === store) ?? {}
  return { cookie, secret: made.secret, library: 'rack', kind }
}

interface ExpressVector {
  readonly case: string
  readonly secret?: string
  readonly options?: { readonly keys: string | readonly string[] }
  readonly set_cookie: readonly string[]
  readonly session_id?: string
  readonly read_back: object
}

function expressVector(name: string): ExpressVector {
  const found = vectors<{ vectors: readonly ExpressVector[] }>('express').vectors.find(
    (it) => it.case === name,
  )
  if (!found) throw new Error(name)
  return found
}

function connectSid(): Old {
  const { set_cookie: lines, secret = '', session_id: id } = expressVector('string secret')
  return {
    cookie: lines.join('\n'),
    secret,
    library: 'express-session',
    kind: 'express-session',
    state: 'genuine',
    outside: { id },
  }
}

function keygrip(name: string, key?: string): Old {
  const { set_cookie: lines, options, read_back: data } = expressVector(name)
  const [secret = ''] = [key ?? options?.keys ?? ''].flat()
  return {
    cookie: lines.join('\n'),
    secret,
    library: 'cookie-session',
    kind: 'cookie-session',
    data,
    outside: { data },
  }
}

const OLD: Readonly<Record<string, () => Old | Promise<Old>>> = {
  'iron-session 8': () =>
    fromApp(old.ironSession8(), { library: 'iron-session', kind: 'iron-session', outside: { keyId: '1' } }),
  'iron-session 9': () => fromApp(old.ironSession9(), { library: 'iron-session', kind: 'iron-session' }),
  'h3 1': () => fromApp(old.h3v1(), { library: 'h3', kind: 'version 1' }),
  'h3 2': () => fromApp(old.h3v2(), { library: 'h3', kind: 'version 2' }),
  'h3 2, in several cookies': () => {
    const data = { text: randomBytes(3_000).toString('hex') }
    return fromApp(old.h3v2({}, data), { library: 'h3', kind: 'version 2', data })
  },
  '@hono/session': () => fromApp(old.honoSession(), { library: 'hono-session', kind: 'JWE' }),
  'React Router': () =>
    fromApp(old.committed(old.reactRouter.cookie({ secrets: [SECRET] })), {
      library: 'react-router',
      kind: 'React Router',
      outside: { data: old.DATA },
    }),
  'React Router, by an id': () =>
    fromApp(old.committed(old.reactRouter.memory({ secrets: [SECRET] })), {
      library: 'react-router',
      kind: 'an id',
      data: expect.any(String),
    }),
  'Remix 2': () =>
    fromApp(old.committed(old.remix2.cookie({ secrets: [SECRET] })), {
      library: 'react-router',
      kind: 'Remix',
    }),
  'Rack, version 1': () => rack('rack-session-v1', 1),
  'Rack, version 2': () => rack('rack-session-v2', 2),
  'Rack 2': () => rack('rack-legacy-hmac-sha1-marshal', 0),
  'Sinatra, encrypted': () => sinatra('encrypted', 'Sinatra'),
  'Sinatra, signed': () => sinatra('signed', 'signed only'),
  'express-session': connectSid,
  'cookie-session': () => keygrip('keys array'),
  'cookie-session by SHA-256': () => keygrip('keygrip sha256 hex', 'key1'),
}

it('takes the parts of a session of h3 for nothing else, whatever they look like', async () => {
  const like = 'ab'.repeat(32)
  const { reports } = await inspect(`h3=__chunked__2; h3.1=${like}; h3.2=${like}`)
  expect(reports).toMatchObject([{ cookie: 'h3', library: 'keepsake/import/h3' }])
  const { reports: alone } = await inspect(`other=__chunked__2; h3.1=${like}`)
  expect(alone).toMatchObject([
    { cookie: 'other' },
    { cookie: 'h3.1', library: 'keepsake/import/redis-rack' },
  ])
})

describe.each(Object.keys(OLD))('what is of others: %s', (name) => {
  it('is known by its form, and by its secret', async () => {
    const {
      cookie,
      secret,
      library,
      kind,
      data,
      outside = {},
      state = 'opens',
    } = (await OLD[name]?.()) as Old
    const form = { library: `keepsake/import/${library}`, ...outside }
    const alone = await keepsake(['inspect', '--json'], { input: cookie })
    expect(alone.status).toBe(0)
    expect(JSON.parse(alone.stdout)).toMatchObject([{ ...form, state: 'not-verified', verified: false }])
    const opened = await keepsake(['inspect', '--json'], { input: cookie, env: { SESSION_SECRET: secret } })
    refuseLeaks(opened, cookie, secret)
    expect(opened).toMatchObject({ status: 0, stderr: '' })
    const [report] = JSON.parse(opened.stdout)
    expect(report).toMatchObject({ ...form, state, verified: true, kind: expect.stringContaining(kind) })
    if (data !== undefined) expect(report.data).toEqual(data)
    const other = await keepsake(['inspect', '--json', '--secret', OTHER], { input: cookie })
    refuseLeaks(other, cookie, secret)
    expect(other.status).toBe(1)
    expect(JSON.parse(other.stdout)).toMatchObject([
      { ...form, state: 'does-not-open', problem: expect.any(String) },
    ])
  })
})

it('says that a seal of iron-session has expired', async () => {
  const cookie = headerOf(await old.ironSession9({ ttl: 1 }))
  const past = cookie.replace(/\*\d{13}\*/, '*1700000000000*')
  expect((await inspect(past)).reports).toMatchObject([
    { state: 'expired', problem: 'Expired 2023-11-14T22:13:20.000Z.' },
  ])
})

it('knows an id of redis-rack', async () => {
  const { status, reports } = await inspect(`rack.session=${'5ec1de0f'.repeat(8)}`, ['--secret', SECRET])
  expect(status).toBe(0)
  expect(reports).toMatchObject([{ library: 'keepsake/import/redis-rack', state: 'not-verified' }])
})

describe('what it takes', () => {
  it.each([
    ['a pair', (cookie: string) => cookie],
    ['a Cookie header', (cookie: string) => `Cookie: theme=dark; ${cookie}; lang=de`],
    ['the value of one', (cookie: string) => `theme=dark; ${cookie}`],
    [
      'a Set-Cookie line',
      (cookie: string) => `Set-Cookie: ${cookie}; Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ],
    ['the value of one', (cookie: string) => `${cookie}; Path=/; Secure`],
    ['several lines', (cookie: string) => `set-cookie: a=b; Path=/\r\nset-cookie: ${cookie}; Path=/\r\n`],
  ])('%s', async (_, form) => {
    const text = form(await made())
    for (const { status, stdout } of [
      await keepsake(['inspect', text, '--json', '--secret', SECRET]),
      await keepsake(['inspect', '--json'], { input: `${text}\n`, env: { SESSION_SECRET: SECRET } }),
    ]) {
      expect(status).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject([{ cookie: USUAL, state: 'opens', data: DATA }])
    }
  })

  it('picks the one that is meant', async () => {
    const [one, other] = [await made(), await made({ cookie: { name: '__Host-x' } })]
    const { reports } = await inspect(`${one}; ${other}`, ['--secret', SECRET, '--name', '__Host-x'])
    expect(reports).toMatchObject([{ cookie: '__Host-x', state: 'opens' }])
    expect((await inspect(`${one}; ${other}`, ['--secret', SECRET])).reports).toHaveLength(2)
  })

  it('writes a value a line on a pipe, and nothing that steers a terminal', async () => {
    const cookie = await made({ protection: 'sign' })
    const { status, stdout } = await keepsake(['inspect', cookie, '--secret', SECRET])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^cookie\t__Host-Http-session\nkind\tsession, sealed in the cookie \(seal, signed/)
    expect(stdout).toContain(`size\t${cookie.length - 1} of 4096 bytes\nstate\topens\n`)
    const data = '\t{"cart":["tea"],"name":"José\\u001b[31m"}\n'
    expect(stdout).toContain(`\ndata${data}`)
    expect((await keepsake(['inspect', cookie])).stdout).toContain(`\ndata, not verified${data}`)
  })

  it('escapes what a visitor wrote', async () => {
    const sessions = new SessionManager({ secrets: SECRET, protection: 'sign' })
    const label = '\u001b[31m\u202e\u009b\u2028\u{e0041}'
    const cookie = await cookieFor(sessions, { owner: 'a\nstate\topens', label })
    const { stdout } = await keepsake(['inspect', cookie])
    expect(stdout).toContain(
      '\nowner\ta\\u{a}state\\u{9}opens\nlabel\t\\u{1b}[31m\\u{202e}\\u{9b}\\u{2028}\\u{e0041}\n',
    )
    const json = (await keepsake(['inspect', cookie, '--json'])).stdout
    expect(json).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n]/u)
    expect(JSON.parse(json)[0].label).toBe(label)
  })

  it.each([
    [[], 'a cookie'],
    [['a', 'b'], 'one cookie'],
    [['a=b; c=d'], 'None of these cookies'],
    [['a=b; c=d', '--name', 'e'], 'no cookie e'],
    [['a', '--lifetime', 'long'], '--lifetime'],
    [['a', '--sekret', SECRET], '--sekret'],
  ])('refuses %j', async (args, why) => {
    const run = await keepsake(['inspect', ...args])
    refuseLeaks(run)
    expect(run).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(why) })
    expect(run.stderr).toMatch(/^keepsake: [^\n]+\n$/)
  })
})

it('stumbles over nothing', async () => {
  const seeds = [await made(), await made({ protection: 'sign' }), await made({ store: new MemoryStore() })]
  const others = await Promise.all(Object.values(OLD).map(async (make) => (await make()).cookie))
  const some = fc.constantFrom(...seeds, ...others)
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.base64String({ maxLength: 200 }),
    fc.tuple(some, share, fc.string({ maxLength: 3 })).map(([text, at, piece]) => {
      const cut = Math.floor(at * text.length)
      return text.slice(0, cut) + piece + text.slice(cut + 1)
    }),
    fc.tuple(some, some, share).map(([a, b, at]) => a.slice(0, at * a.length) + b.slice(at * b.length)),
  )
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom([], ['--secret', SECRET]), async (cookie, args) => {
      try {
        const answer = await inspectCommand.run([...args, '--', cookie || ' '])
        JSON.stringify(answer.json)
        const text = answer.text({ terminal: true, colours: false, columns: 80 })
        expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
      } catch (error) {
        expect(error).toBeInstanceOf(Failure)
      }
    }),
    { numRuns: 2_000, seed: 20_261_125 },
  )
}, 60_000)
