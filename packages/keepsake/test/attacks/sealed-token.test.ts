import { execFileSync } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type ManagerOptions, SessionManager } from '../../src/index.ts'
import {
  backings,
  bytesOf,
  forge,
  HOUR,
  mint,
  N,
  RECORD,
  request,
  SECRETS,
  T0,
  type Target,
  target,
  textOf,
  turn,
  withoutRandomness,
} from './kit.ts'

// a busy machine may take a while over every bit, and to start another process
vi.setConfig({ testTimeout: 60_000 })

/** Every part of a value that is base64url, and how to put it back. */
function parts(value: string): readonly { bytes: Buffer; put: (bytes: Uint8Array) => string }[] {
  const texts = value.split('.')
  return texts.map((text, at) => ({
    bytes: bytesOf(text),
    put: (bytes) => texts.with(at, textOf(bytes)).join('.'),
  }))
}

describe.each(backings)('%s', (backing) => {
  let on: Target
  let value: string

  beforeEach(async () => {
    on = target(backing)
    value = await mint(on)
    on.forget()
  })

  const refused = async (text: string): Promise<void> => {
    const { data, sent } = await turn(on, `${N}=${text}`)
    expect({ text, data, sent }).toEqual({ text, data: {}, sent: [] })
  }

  test('T-E3 an empty session opens', async () => {
    const { pair } = await turn(on, null, (session) => session.login('ada'))
    const session = await on.sessions.load(request(pair))
    expect([session.owner, { ...session.data }]).toEqual(['ada', {}])
  })

  test('T-E4 any one bit changed', async () => {
    for (const { bytes, put } of parts(value)) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Uint8Array.from(bytes)
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
        await refused(put(changed))
      }
    }
  })

  test('T-E5 every beginning of it', async () => {
    for (let length = 0; length < value.length; length++) await refused(value.slice(0, length))
  })

  test('T-E6 with something behind it, or before it', async () => {
    for (const more of ['A', '=', '==', '\n', ' x', '.', '..', 'AAAA', '%00', '\0']) {
      await refused(value + more)
      await refused(more + value)
    }
  })

  test('T-E7 another last character for the same bytes', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const { bytes, put } of parts(value)) {
      const text = textOf(bytes)
      const spare = [0, 4, 2][bytes.length % 3] as number
      for (let bits = 1; bits < 2 ** spare; bits++) {
        const last = alphabet[alphabet.indexOf(text.at(-1) as string) + bits] as string
        await refused(put(bytes).replace(text, text.slice(0, -1) + last))
      }
    }
  })

  test('T-E9 the other base64 alphabet', async () => {
    const other = value.replaceAll('-', '+').replaceAll('_', '/')
    await refused(other === value ? `${value.slice(0, -1)}+` : other)
  })

  test('T-E13 another first byte', async () => {
    const [first] = parts(value)
    for (const byte of [0x00, 0x01, 0x02, 0x03, 0x04, 0x7b, 0xff]) {
      if (first && first.bytes[0] !== byte)
        await refused(first.put(Buffer.concat([Buffer.of(byte), first.bytes.subarray(1)])))
    }
  })

  test('T-E14 the id of another key of the ring', async () => {
    on = target(backing, { secrets: [SECRETS[0], SECRETS[1]] })
    value = await mint(on)
    const other = await mint(target(backing, { secrets: SECRETS[1] }))
    const [[mine], [theirs]] = [parts(value), parts(other)]
    const bytes = Buffer.from(mine?.bytes ?? [])
    theirs?.bytes.copy(bytes, 1, 1, 5)
    await refused(mine?.put(bytes) ?? '')
  })

  test('T-E15 random bytes cost nothing while they are malformed, and one look at most', async () => {
    const keyId = bytesOf(value.split('.')[0] ?? '').subarray(1, 5)
    for (let length = 1; length < 76; length++)
      await refused(textOf(Buffer.concat([Buffer.of(1), randomBytes(length - 1)])))
    expect([on.crypto, on.calls]).toEqual([[], []])
    for (const version of [1, 2, 3]) {
      on.forget()
      await refused(textOf(Buffer.concat([Buffer.of(version), keyId, randomBytes(72)])))
      expect(on.crypto.length).toBeLessThanOrEqual(2)
      expect(on.calls).toEqual([])
    }
  })

  test('T-E16 4097 characters', async () => {
    await refused('A'.repeat(4097))
    expect([on.crypto, on.calls]).toEqual([[], []])
  })

  test('T-E26 without randomness nothing leaves and nothing is kept', async () => {
    const session = await on.sessions.load(request(null))
    session.data.uid = 'u_1'
    const broken = withoutRandomness()
    await expect(on.sessions.save(session)).rejects.toThrow('no entropy')
    broken.mockRestore()
    expect(on.calls).toEqual([])
  })

  test('T-E30 an older key of the ring opens, and the first one writes', async () => {
    on = target(backing, { secrets: [SECRETS[1], SECRETS[0]], store: on.store })
    const opened = await turn(on, `${N}=${value}`, (session) => session.regenerate())
    expect(opened.data).toEqual({ uid: 'u_1' })
    const alone = target(backing, { secrets: SECRETS[1], store: on.store })
    expect(await turn(alone, opened.pair)).toMatchObject({ data: { uid: 'u_1' } })
  })

  test('T-E31 a key that is not in the ring costs no cryptography', async () => {
    on = target(backing, { secrets: SECRETS[1], store: on.store })
    await mint(on)
    on.forget()
    expect(await turn(on, `${N}=${value}`)).toMatchObject({ outcome: 'unknown-key', sent: [] })
    expect([on.crypto, on.calls]).toEqual([[], []])
  })

  test('T-E33 the first key makes it', async () => {
    const both = target(backing, { secrets: [SECRETS[0], SECRETS[1]], store: on.store })
    const made = await mint(both)
    expect(await turn(on, `${N}=${made}`)).toMatchObject({ data: { uid: 'u_1' } })
  })

  test('T-E34 under another cookie name', async () => {
    on = target(backing, { cookie: { name: '__Host-other' }, store: on.store })
    const session = await on.sessions.load(request(`__Host-other=${value}`))
    expect([session.outcome, { ...session.data }]).toEqual(['tampered', {}])
  })

  test('T-E35 a one-off token is no session, and a session no one-off token', async () => {
    for (const purpose of ['session', '', 'token:session']) {
      await refused(await on.sessions.seal(purpose, { uid: 'u_1' }, { ttl: '10m' }))
      expect(await on.sessions.unseal(purpose, value)).toBeUndefined()
    }
    const line = await on.sessions.transient<string>('oauth').set('state')
    await refused(line.split(';', 1)[0]?.split('=')[1] ?? '')
  })

  test('T-E37 for another audience', async () => {
    on = target(backing, { audience: 'https://b.example', store: on.store })
    await refused(value)
    expect(on.events).toMatchObject([{ type: 'tampered' }])
    expect(on.calls).toEqual([])
  })

  test('T-E39 a former name opens, is written anew and cleared; a third one does not', async () => {
    const former = target(backing, { cookie: { name: '__Host-old' }, store: on.store })
    const session = await former.sessions.load(request(null))
    session.data.uid = 'u_1'
    const [line = ''] = await former.sessions.save(session)
    const old = line.split(';', 1)[0] ?? ''
    on = target(backing, { cookie: { previous: [{ name: '__Host-old' }] }, store: on.store })
    const moved = await turn(on, old, ({ data }) => void Object.assign(data, { more: 1 }))
    expect(moved.data).toEqual({ uid: 'u_1' })
    expect(moved.sent[1]).toMatch(/^__Host-old=; Max-Age=0; Path=\/; Secure/)
    expect(await turn(on, moved.pair)).toMatchObject({ data: { uid: 'u_1', more: 1 } })
    expect(await turn(on, old.replace('old', 'third'))).toMatchObject({ data: {} })
  })

  test('T-E40 other formats, signed with our very secret', async () => {
    const json = Buffer.from('{"uid":"u_1"}')
    const b64 = json.toString('base64url')
    const mac = (text: string): string => createHmac('sha256', SECRETS[0]).update(text).digest('base64url')
    const jwt = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${b64}`
    const texts = [
      json.toString(),
      json.toString('base64'),
      `${b64}.${mac(b64)}`,
      `s:abc.${mac('abc')}`,
      's%3Aabc.def',
      'Fe26.2*1*ab*cd*ef**gh*ij~2',
      'BAh7B0kiD3Nlc3Npb25faWQGOgZFVA',
      'Tzo4OiJzdGRDbGFzcyI6MDp7fQ',
      `${jwt}.${mac(jwt)}`,
      `${jwt}.`,
    ]
    for (const text of texts) await refused(text)
    expect([on.crypto, on.calls]).toEqual([[], []])
    const options = { secrets: SECRETS[0], fallback: true } as ManagerOptions<object>
    expect(() => new SessionManager(options)).toThrow(expect.objectContaining({ code: 'config' }))
  })

  test('T-E42 what another backing made', async () => {
    for (const other of backings.filter((it) => it !== backing)) await refused(await mint(target(other)))
    expect(on.calls).toEqual([])
  })

  test('T-E44 keys of the data are never facts of the session', async () => {
    const data = { $sub: 'eve', o: 'eve', owner: 'eve', a: 1, c: 1, k: 9, t: {}, e: 'x' }
    const { pair } = await turn(on, null, (session) => void Object.assign(session.data, data))
    const session = await on.sessions.load(request(pair))
    expect([session.owner, session.authenticatedAt, { ...session.data }]).toEqual([
      undefined,
      undefined,
      data,
    ])
  })
})

describe.each(['sealed', 'signed'] as const)('%s', (backing) => {
  const open = async (change: Parameters<typeof forge>[1]) =>
    turn(target(backing), `${N}=${forge(backing, change)}`)

  test('T-E1 a seal made by somebody else with the secret opens, as what it says', async () => {
    expect(await open({})).toMatchObject({ data: { uid: 'u_1' }, outcome: 'loaded' })
  })

  test.each([
    '[1]',
    'null',
    '',
    '{}',
    '{}\n[1]\n{}',
    '{}\nnull\n{}',
    'null\n{}\n{}',
    '[]\n{}\n{}',
    '{}\n{}\n{}\n{}',
    '7\n{}\n{}',
  ])('T-E19 a payload that is no record: %j', async (json) => {
    const { data, sent } = await open({ json })
    expect({ data, sent }).toEqual({ data: {}, sent: [] })
  })

  test.each([
    ['T-E21', { issuedAt: T0, expiresAt: T0 }],
    ['T-E21', { issuedAt: T0, expiresAt: T0 - 1 }],
    ['T-L19', { createdAt: T0 / 1000, issuedAt: T0 / 1000, expiresAt: (T0 + HOUR) / 1000 }],
    ['T-E21', { createdAt: T0 + 1, issuedAt: T0 }],
  ])('%s times that can’t be: %o', async (_id, times) => {
    const whole = Object.fromEntries(Object.entries(times).map(([name, time]) => [name, Math.floor(time)]))
    const { data, sent } = await open({ json: RECORD, ...whole })
    expect({ data, sent }).toEqual({ data: {}, sent: [] })
  })
})

test('T-E25 10,000 seals of one payload: no iv and no text twice', async () => {
  const { sessions } = target('sealed')
  const texts = new Set<string>()
  for (let n = 0; n < 10_000; n++) texts.add(await sessions.seal('x', 'same', { ttl: '1h' }))
  expect(texts.size).toBe(10_000)
  const ivs = new Set([...texts].map((text) => bytesOf(text).subarray(9, 21).toString('hex')))
  expect(ivs.size).toBe(10_000)
})

test('T-E28 an import does nothing: no randomness, cryptography, timers or requests', () => {
  const here = new URL('../../', import.meta.url)
  const { exports } = JSON.parse(readFileSync(new URL('package.json', here), 'utf8'))
  const doors = Object.keys(exports).filter((door) => door !== './cloudflare/object')
  const files = doors.map((door) => new URL(`src/${door === '.' ? 'index' : door.slice(2)}.ts`, here).href)
  const script = `
    const refuse = (name) => () => { throw new Error(name + ' at import') }
    for (const name of ['fetch', 'setTimeout', 'setInterval', 'queueMicrotask']) globalThis[name] = refuse(name)
    for (const name of ['getRandomValues', 'randomUUID']) Object.defineProperty(crypto, name, { value: refuse(name) })
    Object.defineProperty(crypto, 'subtle', { get: refuse('subtle') })
    Math.random = refuse('random')
    for (const file of ${JSON.stringify(files)}) await import(file)
    console.log('imported')
  `
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(said).toBe('imported\n')
})
