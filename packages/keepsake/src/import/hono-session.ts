import type { Awaitable } from '../core/awaitable.ts'
import { type Bytes, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type Cookies, type Opening, type Reader, reader, type TakeOver } from '../core/reader.ts'
import { asObject } from './encodings.ts'
import { openJwe } from './jwe.ts'
import { type OldSecret, secretList } from './mac.ts'

/** What is used of the storage that the app gave `useSessionStorage`. */
export interface HonoStorage {
  get(sid: string): Awaitable<object | null | undefined>
}

/** How sessions of `@hono/session` are taken over. */
export interface HonoSessionOptions<Old, Data> extends TakeOver<Old, Data> {
  /** The app's `secret`, or its `AUTH_SECRET`; a `Uint8Array` of 32 bytes is the key itself, as it is there. */
  readonly secret: OldSecret | undefined
  /** What the app gave `useSessionStorage`; it is read, never written. @default none: the sessions are in their cookies */
  readonly storage?: HonoStorage
  /** The cookie's name. @default 'sid' */
  readonly name?: string
}

/**
 * Reads the live sessions of `@hono/session`, encrypted in their cookies or kept in its storage. What had expired by
 * `duration` is not read.
 *
 * ```ts
 * accept: [fromHonoSession({ secret, until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * @throws {SessionError} `config` when `secret`, `until` or `map` is missing.
 */
export function fromHonoSession<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: HonoSessionOptions<Old, Data>,
): Reader<Data> {
  const door = 'fromHonoSession'
  const { storage, name = 'sid' } = options
  const key = keyOf(door, options.secret)
  const open = async (cookies: Cookies, now: number): Promise<Opening<Old> | undefined> => {
    const { exp, iat, sid, ...data } = (await openJwe(cookies(name) ?? '', await key())) ?? {}
    if (typeof sid !== 'string' || (exp !== undefined && !(Number(exp) * 1_000 > now))) return undefined
    const old = storage ? asObject(await storage.get(sid)) : data
    return old && { old: old as Old, id: sid }
  }
  return reader<Old, Data>({ door, cookies: [name], open }, options)
}

function keyOf(door: string, secret: OldSecret | undefined): () => Awaitable<Bytes> {
  const [bytes = new Uint8Array(0)] = secretList(door, 'secret', secret)
  if (typeof secret === 'string') return derived(bytes)
  if (bytes.length === 32) return () => bytes
  throw new SessionError('config', `${door}: a secret that is a Uint8Array is the key itself, of 32 bytes.`)
}

/** HKDF with SHA-256 (RFC 5869), without a salt; once, and only when it is done: what is pending belongs to its request. */
function derived(secret: Bytes): () => Promise<Bytes> {
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8('session jwe cek') }
  let bytes: Bytes | undefined
  return async () => {
    if (bytes) return bytes
    const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
    bytes = new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256))
    return bytes
  }
}
