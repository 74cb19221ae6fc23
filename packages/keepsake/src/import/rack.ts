import { type Bytes, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type Cookies, type Opening, type Reader, reader, type TakeOver } from '../core/reader.ts'
import { fromPercent } from './encodings.ts'
import { type OldSecrets, secretList } from './mac.ts'
import { idOf, readRackBody } from './rack-body.ts'
import { legacyTokens, type OpenToken, rackTokens, sinatraTokens } from './rack-token.ts'

/** How sessions of Rack are taken over; at least one of the secrets is needed. */
export interface RackOptions<Old, Data> extends TakeOver<Old, Data> {
  /** The app's `secret:` or `secrets:`, 32 bytes or more each. Tokens of version 1 need 64. @default none */
  readonly secrets?: OldSecrets
  /** The secret of cookies that are signed with HMAC-SHA-1 only, as Rack 2 made them. @default none: they are not read */
  readonly legacyHmacSecret?: OldSecrets
  /** The cookie's name, if the app passed `key:`; leave it out if it didn't, for Rack binds tokens to it only then. @default none: `rack.session` */
  readonly key?: string
}

/**
 * Reads the live sessions of `Rack::Session::Cookie`: encrypted, version 1 and 2, with bodies of JSON or Marshal.
 *
 * ```ts
 * accept: [fromRack({ secrets, until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * Of Marshal only plain values are ever made, symbols as texts; a session that holds any other object is not read.
 *
 * @throws {SessionError} `config` when `until`, `map` or both secrets are missing, or one is too short.
 */
export function fromRack<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: RackOptions<Old, Data>,
): Reader<Data> {
  const door = 'fromRack'
  const { key, secrets, legacyHmacSecret } = options
  const encrypted = 'secrets' in options ? secretList(door, 'secrets', secrets, 32) : []
  const signed = 'legacyHmacSecret' in options ? secretList(door, 'legacyHmacSecret', legacyHmacSecret) : []
  if (encrypted.length + signed.length === 0)
    throw new SessionError(
      'config',
      `${door}: secrets are missing, or legacyHmacSecret for cookies of Rack 2.`,
    )
  const purpose = utf8(key ?? '')
  const ways = [...encrypted.map((secret) => rackTokens(secret, purpose)), ...signed.map(legacyTokens)]
  return tokenReader(door, key, ways, options)
}

/** How sessions of Sinatra 3 are taken over. */
export interface SinatraOptions<Old, Data> extends TakeOver<Old, Data> {
  /** The app's `session_secret`, 64 hexadecimal digits or more; an `old_secret` behind it. */
  readonly secret: string | undefined | readonly (string | undefined)[]
  /** The cookie's name. @default 'rack.session' */
  readonly name?: string
}

/**
 * Reads the live sessions of Sinatra 3, `Rack::Protection::EncryptedCookie`. Those of Sinatra 4 are Rack's: {@link fromRack}.
 *
 * @throws {SessionError} `config` when `secret`, `until` or `map` is missing, or the secret is none.
 */
export function fromSinatra<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: SinatraOptions<Old, Data>,
): Reader<Data> {
  const ways = [options.secret].flat().map((secret) => sinatraTokens(sinatraKey(secret)))
  return tokenReader('fromSinatra', options.name, ways, options)
}

function tokenReader<Old, Data>(
  door: string,
  name = 'rack.session',
  ways: readonly OpenToken[],
  options: TakeOver<Old, Data>,
): Reader<Data> {
  const open = async (cookies: Cookies): Promise<Opening<Old> | undefined> => {
    const token = fromPercent(cookies(name) ?? '')
    for (const open of token === '' ? [] : ways) {
      const body = await open(token)
      if (body) return sessionIn(body, token)
    }
    return undefined
  }
  return reader<Old, Data>({ door, cookies: [name], open }, options)
}

function sessionIn<Old>(body: Bytes, token: string): Opening<Old> | undefined {
  const old = readRackBody(body)
  // one id for both alphabets that a token may be written in
  return old && { old: old as Old, id: idOf(old) ?? token.replaceAll('+', '-').replaceAll('/', '_') }
}

function sinatraKey(secret: string | undefined): Bytes {
  if (typeof secret === 'string' && /^([0-9a-f]{2}){32,}$/i.test(secret))
    return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(secret.slice(2 * i, 2 * i + 2), 16))
  throw new SessionError(
    'config',
    "fromSinatra: secret is missing: the app's session_secret, 64 hexadecimal digits or more.",
  )
}
