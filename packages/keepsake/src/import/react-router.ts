import type { Awaitable } from '../core/awaitable.ts'
import { equalText } from '../core/bytes.ts'
import { type Cookies, type Opening, type Reader, reader, type TakeOver } from '../core/reader.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { asObject, fromJson, fromPercent } from './encodings.ts'
import { hmac, type Mac, type OldSecrets, secretList } from './mac.ts'

/** How sessions of React Router and Remix are taken over. */
export interface ReactRouterOptions<Old, Data> extends TakeOver<Old, Data> {
  /** The `secrets` of the app's cookie. Without them anybody could write it, so unsigned ones are not read. */
  readonly secrets: OldSecrets
  /** The app's own `readData`, of `createSessionStorage`. @default none: the sessions are in their cookies */
  readonly readData?: (id: string) => Awaitable<object | null | undefined>
  /** The cookie's name. @default '__session' */
  readonly name?: string
}

/**
 * Reads the live sessions of React Router 7 and 8 and of Remix 2: in their signed cookies, as
 * `createCookieSessionStorage` keeps them, or by the id there.
 *
 * ```ts
 * accept: [fromReactRouter({ secrets, until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * Such a cookie says nothing of its age: how old it may be, nobody can tell. Nor has it an id, unless there is `readData`:
 * browsers whose sessions hold the same have the same cookie. See `once`. What `session.flash` left is `__flash_<name>__`.
 *
 * @throws {SessionError} `config` when `secrets`, `until` or `map` is missing.
 */
export function fromReactRouter<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: ReactRouterOptions<Old, Data>,
): Reader<Data> {
  const door = 'fromReactRouter'
  const { readData, name = '__session' } = options
  const macs = secretList(door, 'secrets', options.secrets).map((secret) => hmac('SHA-256', secret))
  const open = async (cookies: Cookies): Promise<Opening<Old> | undefined> => {
    const value = await signedValue(fromPercent(cookies(name) ?? ''), macs)
    if (readData === undefined) return opening(value)
    return typeof value === 'string' && value !== '' ? opening(await readData(value), value) : undefined
  }
  return reader<Old, Data>({ door, cookies: [name], open }, options)
}

function opening<Old>(value: unknown, id?: string): Opening<Old> | undefined {
  const old = asObject(value)
  return old && { old: old as Old, ...(id !== undefined && { id }) }
}

/** base64 of the JSON ‖ `.` ‖ base64 of its HMAC-SHA-256, without padding. */
async function signedValue(text: string, macs: readonly Mac[]): Promise<unknown> {
  const [, body = '', signature = ''] = /^([^.]+)\.([^.]{43})$/.exec(text) ?? []
  for (const mac of body === '' ? [] : macs) {
    if (equalText(signature, toBase64(await mac(body))))
      return fromJson(fromBase64(body) ?? new Uint8Array(0))
  }
  return undefined
}
