import { createCipheriv, createHmac } from 'node:crypto'
import { CompactEncrypt, CompactSign, importJWK } from 'jose'
import { expect } from 'vitest'
import { SessionManager } from '../../src/index.ts'
import { type JwtAlgorithm, jwt } from '../../src/jwt.ts'
import { ISSUER, KEYS } from '../jwt/kit.ts'
import { bytesOf, HOUR, N, SECRETS, T0, textOf, turn } from './kit.ts'

type Header = Record<string, unknown> & { alg: string }

export const ID = textOf(Buffer.alloc(16, 0xc0))

/** What the claims of a genuine session are. */
export const CLAIMS = {
  iss: ISSUER,
  aud: ISSUER,
  jti: ID,
  iat: T0 / 1000,
  exp: (T0 + HOUR) / 1000,
  data: { uid: 'u_1' },
  ks: { n: N, c: T0 - HOUR, i: T0, e: T0 + HOUR, r: 7 },
}

export const opens = async (alg: JwtAlgorithm, value: string): Promise<unknown> => {
  const protection = jwt({ keys: KEYS[alg], issuer: ISSUER })
  const events: { type: string }[] = []
  const sessions = new SessionManager<Record<string, unknown>>({
    secrets: SECRETS[0],
    protection,
    clock: () => T0,
    onEvent: (event) => void events.push(event),
  })
  const { data, outcome, sent } = await turn({ sessions }, `${N}=${value}`)
  expect(sent).toEqual([])
  if (outcome === 'loaded') return data.uid
  expect(data).toEqual({})
  return undefined
}

export const refuses = async (alg: JwtAlgorithm, value: string, what: string): Promise<void> =>
  expect(await opens(alg, value), what).toBeUndefined()

export const headerOf = (alg: JwtAlgorithm): Header => {
  const enc = alg === 'dir' || alg === 'A256KW' ? { enc: 'A256GCM' } : {}
  return { alg, ...enc, typ: 'session+jwt', kid: KEYS[alg].kid }
}

export const segment = (json: unknown): string => textOf(Buffer.from(JSON.stringify(json)))
export const keyOf = (alg: JwtAlgorithm) => importJWK(KEYS[alg] as Parameters<typeof importJWK>[0], alg)

/** A properly made token, with these changes; jose itself would refuse to write some of them as a JWT. */
export async function made(alg: JwtAlgorithm, claims: object = {}, header: object = {}): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify({ ...CLAIMS, ...claims }))
  const head = { ...headerOf(alg), ...header }
  const key = await keyOf(alg)
  return 'enc' in head
    ? new CompactEncrypt(payload).setProtectedHeader(head as never).encrypt(key)
    : new CompactSign(payload).setProtectedHeader(head as never).sign(key)
}

/** Authentic for the key of HS256 or dir, with any header at all, or its JSON text, and without any library. */
export function handmade(alg: 'HS256' | 'dir', header: object | string, plain: string | Uint8Array): string {
  const first = typeof header === 'string' ? textOf(Buffer.from(header)) : segment(header)
  const key = bytesOf(KEYS[alg].k ?? '')
  if (alg === 'dir') return encrypted(first, '', key, plain)
  const signed = `${first}.${textOf(Buffer.from(plain))}`
  return `${signed}.${hmac(key, signed)}`
}

/** A JWE in compact form by A256GCM or A128GCM, as long as the key is, from its first two segments on. */
export function encrypted(
  header: string,
  wrapped: string,
  key: Uint8Array,
  plain: string | Uint8Array,
  iv: Uint8Array = Buffer.alloc(12, 0xb0),
): string {
  const name = key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm'
  const cipher = createCipheriv(name, key, iv).setAAD(Buffer.from(header))
  const box = Buffer.concat([cipher.update(plain), cipher.final()])
  return [header, wrapped, ...[iv, box, cipher.getAuthTag()].map(textOf)].join('.')
}

export const all: readonly JwtAlgorithm[] = ['HS256', 'ES256', 'EdDSA', 'dir', 'A256KW']
export const hmac = (key: string | Uint8Array, text: string): string =>
  textOf(createHmac('sha256', key).update(text).digest())
