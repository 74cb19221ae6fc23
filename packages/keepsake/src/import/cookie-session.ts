import { equalText, toBase64url, toHex } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type Reader, reader, type TakeOver } from '../core/reader.ts'
import { fromBase64 } from './base64.ts'
import { asObject, fromJson } from './encodings.ts'
import { hmac, type OldSecret, secretList } from './mac.ts'

const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const
const ENCODINGS: Readonly<Record<'base64' | 'hex', (bytes: Uint8Array) => string>> = {
  base64: toBase64url,
  hex: toHex,
}

/** How sessions of cookie-session are taken over. */
export interface CookieSessionOptions<Old, Data> extends TakeOver<Old, Data> {
  /** The `keys` of cookie-session, or its `secret`. */
  readonly keys: OldSecret | readonly OldSecret[]
  /** The `name` of cookie-session. @default 'session' */
  readonly name?: string
  /** The algorithm of Keygrip, if `keys` was one. @default 'sha1' */
  readonly algorithm?: keyof typeof HASHES
  /** The encoding of Keygrip, if `keys` was one. @default 'base64' */
  readonly encoding?: keyof typeof ENCODINGS
}

/**
 * Reads the live sessions of cookie-session: a cookie of JSON and its signature beside it. Unsigned ones are not read.
 *
 * ```ts
 * accept: [fromCookieSession({ keys, until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * Such a cookie says nothing of its age: how old it may be, nobody can tell. Nor has it an id: browsers whose sessions
 * hold the same have the same cookie. See `once`.
 *
 * @throws {SessionError} `config` when `keys`, `until` or `map` is missing, or `algorithm` or `encoding` is unknown.
 */
export function fromCookieSession<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: CookieSessionOptions<Old, Data>,
): Reader<Data> {
  const door = 'fromCookieSession'
  const { name = 'session', algorithm = 'sha1', encoding = 'base64' } = options
  if (!Object.hasOwn(HASHES, algorithm) || !Object.hasOwn(ENCODINGS, encoding))
    throw new SessionError(
      'config',
      `${door}: algorithm is sha1, sha256, sha384 or sha512; encoding base64 or hex.`,
    )
  const macs = secretList(door, 'keys', options.keys).map((key) => hmac(HASHES[algorithm], key))
  return reader<Old, Data>(
    {
      door,
      cookies: [name, `${name}.sig`],
      open: async (cookies) => {
        const value = cookies(name)
        const signature = cookies(`${name}.sig`)
        if (value === undefined || signature === undefined) return undefined
        for (const mac of macs) {
          const expected = ENCODINGS[encoding](await mac(`${name}=${value}`))
          if (equalText(signature, expected)) return sessionIn(value)
        }
        return undefined
      },
    },
    options,
  )
}

function sessionIn<Old>(value: string): { old: Old } | undefined {
  const old = asObject(fromJson(fromBase64(value) ?? new Uint8Array(0)))
  return old && { old: old as Old }
}
