import type { Awaitable } from '../core/awaitable.ts'
import { toHex, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type Cookies, type Opening, type Reader, reader, type TakeOver } from '../core/reader.ts'
import { bytesOf } from './mac.ts'
import { readRackBody } from './rack-body.ts'

/** A record of redis-rack as a client gives it. */
type RedisRecord = Uint8Array | string | null | undefined

/** How sessions of redis-rack are taken over. */
export interface RedisRackOptions<Old, Data> extends TakeOver<Old, Data> {
  /**
   * Gets what is under a key as bytes, through the app's client of Redis: `(key) => client.getBuffer(key)` with ioredis.
   * Texts will do only where the old app stores JSON.
   */
  readonly get: (key: string) => Awaitable<RedisRecord>
  /** What the keys begin with, before a colon: the last part of `redis_server`; `''` for nothing. @default 'rack:session' */
  readonly namespace?: string
  /** The cookie's name. @default 'rack.session' */
  readonly name?: string
}

/**
 * Reads the live sessions of redis-rack, `Rack::Session::Redis`: records of Marshal or JSON, under a hash of the id in the
 * cookie, or, from before Rack 2.0.8, under the id itself.
 *
 * ```ts
 * accept: [fromRedisRack({ get: (key) => redis.getBuffer(key), until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * Of Marshal only plain values are ever made, symbols as texts; a session that holds any other object is not read.
 *
 * @throws {SessionError} `config` when `get`, `until` or `map` is missing; when it reads, if `get` makes texts of bytes.
 */
export function fromRedisRack<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: RedisRackOptions<Old, Data>,
): Reader<Data> {
  const door = 'fromRedisRack'
  const { get, name = 'rack.session', namespace = 'rack:session' } = options
  if (typeof get !== 'function')
    throw new SessionError(
      'config',
      `${door}: get is missing: a function that gets a key as bytes from Redis.`,
    )
  const prefix = namespace === '' ? '' : `${namespace}:`
  const open = async (cookies: Cookies): Promise<Opening<Old> | undefined> => {
    const id = cookies(name) ?? ''
    // nothing but digits: the name of a record, which a reader of the store could know, must not open it
    if (!/^[0-9a-f]{16,128}$/.test(id)) return undefined
    const record = (await get(`${prefix}2::${await sha256(id)}`)) ?? (await get(`${prefix}${id}`))
    const old = sessionIn(record, door)
    return old && { old: old as Old, id }
  }
  return reader<Old, Data>({ door, cookies: [name], open }, options)
}

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
}

function sessionIn(record: RedisRecord, door: string): Record<string, unknown> | undefined {
  if (record === null || record === undefined) return undefined
  if (typeof record === 'string' && record.startsWith('\x04\x08'))
    throw new SessionError(
      'config',
      `${door}: get gave a text, but the old app stores bytes that are none; getBuffer of ioredis gives bytes, for example.`,
    )
  return readRackBody(bytesOf(record))
}
