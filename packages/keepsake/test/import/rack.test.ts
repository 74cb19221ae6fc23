import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromRack, fromSinatra } from '../../src/import/rack.ts'
import { hostileTests, type Jar, open, vectors } from './kit.ts'

const NOW = 1_795_170_000_000
const UNTIL = '2027-06-01'
const common = { until: UNTIL, map: (old: Record<string, unknown>) => old }

interface Vector {
  readonly format: string
  readonly case?: string
  readonly secret_utf8?: string
  readonly serializer?: string
  readonly purpose?: string | null
  readonly pad_size?: number | null
  readonly payload?: Record<string, unknown>
  readonly token?: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly cookie_name?: string
  readonly cookie_value_raw?: string
  readonly cookie_value_unescaped?: string
  readonly session?: Record<string, unknown>
}

interface SinatraVectors {
  readonly secret: string
  readonly vectors: readonly { store: string; cookie: string; session: Record<string, unknown> }[]
}

const rack = vectors<{ vectors: readonly Vector[] }>('rack-session-2.1.2')
const [SECRET = ''] = rack.vectors.flatMap(({ secret_utf8: secret }) => secret ?? [])
const OTHER = SECRET.replaceAll('0', 'f')
const tokens = rack.vectors.flatMap((it) => (it.token === undefined ? [] : [{ ...it, token: it.token }]))
const cookies = rack.vectors.filter(({ cookie_name: name }) => name !== undefined)
const legacy =
  rack.vectors.find(({ format }) => format.startsWith('rack-legacy'))?.cookie_value_unescaped ?? ''

const inCookie = (token: string): Jar => ({ 'rack.session': encodeURIComponent(token) })

/** A token of version 2 in the other alphabet, as rack-session writes it after 2.1.2. */
const urlSafe = (token: string): string => token.replaceAll('+', '-').replaceAll('/', '_')

describe('tokens of rack-session', () => {
  it.each(tokens)('$format of $serializer, purpose $purpose, padded to $pad_size', async (vector) => {
    const { format, purpose, payload, token } = vector
    const named = { ...common, secrets: SECRET, key: 'rack.session' }
    const { key, ...unnamed } = named
    const [right, wrong] = purpose === key ? [named, unnamed] : [unnamed, named]
    const taken = { data: payload, id: payload?.session_id ?? urlSafe(token) }
    expect(await open(fromRack(right), inCookie(token), NOW)).toEqual(taken)
    expect(await open(fromRack(wrong), inCookie(token), NOW)).toBeUndefined()
    // version 2 was written in two alphabets, version 1 in one
    expect(await open(fromRack(right), inCookie(urlSafe(token)), NOW)).toEqual(taken)
    const standard = token.replaceAll('-', '+').replaceAll('_', '/')
    const alike = format.endsWith('v2') || standard === token
    expect(await open(fromRack(right), inCookie(standard), NOW)).toEqual(alike ? taken : undefined)
  })

  it.each(cookies)('a cookie of Rack: $case', async ({ options, cookie_name, cookie_value_raw, session }) => {
    const { secret, secrets = secret, key } = options as { secret?: string; secrets?: string[]; key?: string }
    const reader = fromRack({ ...common, ...(secrets && { secrets }), ...(key !== undefined && { key }) })
    const jar = { [cookie_name ?? '']: cookie_value_raw ?? '' }
    expect(await open(reader, jar, NOW)).toEqual({ data: session, id: session?.session_id })
  })

  it('opens what any of the secrets made', async () => {
    const reader = fromRack({ ...common, secrets: [OTHER, new TextEncoder().encode(SECRET)] })
    for (const { token } of tokens.filter(({ purpose }) => purpose === null)) {
      expect(await open(reader, inCookie(token), NOW)).toBeTypeOf('object')
    }
  })

  it('opens nothing that another secret made, nor version 1 with a secret that is too short for it', async () => {
    for (const { token } of tokens) {
      expect(await open(fromRack({ ...common, secrets: OTHER }), inCookie(token), NOW)).toBeUndefined()
    }
    const short = fromRack({ ...common, secrets: SECRET.slice(0, 48) })
    const opened = await Promise.all(
      tokens
        .filter(({ purpose }) => purpose === null)
        .map(async (it) => [it.format, await open(short, inCookie(it.token), NOW)]),
    )
    for (const [format, taken] of opened) expect(taken !== undefined).toBe(format === 'rack-session-v2')
  })
})

describe('cookies that are signed with HMAC-SHA-1', () => {
  it('are read when asked for by name', async () => {
    const reader = fromRack({ ...common, secrets: OTHER, legacyHmacSecret: SECRET })
    const data = { session_id: '5ec1de', user_id: 42 }
    expect(await open(reader, inCookie(legacy), NOW)).toEqual({ data, id: '5ec1de' })
    expect(await open(fromRack({ ...common, legacyHmacSecret: SECRET }), inCookie(legacy), NOW)).toBeTypeOf(
      'object',
    )
  })

  it('are read where their base64 is broken into lines, as Rack 1 wrote it', async () => {
    const [body = ''] = decodeURIComponent(legacy).split('--')
    const lines = body.replace(/.{60}/g, '$&\n').concat('\n')
    const token = `${lines}--${createHmac('sha1', SECRET).update(lines).digest('hex')}`
    const taken = await open(fromRack({ ...common, legacyHmacSecret: SECRET }), inCookie(token), NOW)
    expect(taken).toEqual({ data: { session_id: '5ec1de', user_id: 42 }, id: '5ec1de' })
  })

  it('are not read otherwise', async () => {
    expect(await open(fromRack({ ...common, secrets: SECRET }), inCookie(legacy), NOW)).toBeUndefined()
    expect(
      await open(fromRack({ ...common, legacyHmacSecret: OTHER }), inCookie(legacy), NOW),
    ).toBeUndefined()
  })
})

describe('cookies of Sinatra 3', () => {
  const { secret, vectors: made } = vectors<SinatraVectors>('sinatra-3.0.5')
  const jarOf = (store: string): Jar => {
    const [name = '', value = ''] = (made.find((it) => it.store === store)?.cookie ?? '').split('=')
    return { [name]: value }
  }

  it('are read', async () => {
    const reader = fromSinatra({ ...common, secret: ['ab'.repeat(64), secret] })
    const data = made[0]?.session
    expect(await open(reader, jarOf('encrypted'), NOW)).toEqual({ data, id: data?.session_id })
    expect(
      await open(fromSinatra({ ...common, secret: secret.slice(2) }), jarOf('encrypted'), NOW),
    ).toBeUndefined()
    expect(
      await open(fromSinatra({ ...common, secret, name: 'other' }), jarOf('encrypted'), NOW),
    ).toBeUndefined()
  })

  it('are read where they are only signed, as Rack 2 does it', async () => {
    const data = made[1]?.session
    const reader = fromRack({ ...common, legacyHmacSecret: secret })
    expect(await open(reader, jarOf('signed'), NOW)).toEqual({ data, id: data?.session_id })
    expect(await open(fromSinatra({ ...common, secret }), jarOf('signed'), NOW)).toBeUndefined()
  })

  describe('hostile input', () => {
    hostileTests(() => ({
      reader: fromSinatra({ ...common, secret }),
      genuine: [jarOf('encrypted')],
      now: NOW,
    }))
  })
})

describe('configuration', () => {
  it.each([
    ['no secret', () => fromRack(common)],
    ['an empty list', () => fromRack({ ...common, secrets: [] })],
    ['a short secret', () => fromRack({ ...common, secrets: 'x'.repeat(31) })],
    ['a variable that is not set', () => fromRack({ ...common, secrets: [process.env.NOTHING as string] })],
    ['an empty legacy secret', () => fromRack({ ...common, legacyHmacSecret: '' })],
    [
      'a secret for Sinatra that is not hexadecimal',
      () => fromSinatra({ ...common, secret: 'x'.repeat(64) }),
    ],
    ['a secret for Sinatra that is too short', () => fromSinatra({ ...common, secret: 'ab'.repeat(31) })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'config' }))
  })
})

const reader = fromRack({ ...common, secrets: SECRET, legacyHmacSecret: SECRET })

describe.each(['v1', 'v2'])('hostile input: %s', (version) => {
  const plain = tokens.filter(({ format, purpose }) => format.endsWith(version) && purpose === null)
  hostileTests(() => ({ reader, genuine: plain.map(({ token }) => inCookie(token)), now: NOW }))
})

describe('hostile input: signed', () => {
  hostileTests(() => ({ reader, genuine: [inCookie(legacy)], now: NOW }))
})
