import { type Cookies, type Opening, type Reader, reader, type TakeOver } from '../core/reader.ts'
import { asObject } from './encodings.ts'
import { checkPassword, openSeal, parseSeal } from './iron-seal.ts'

/** How sessions of iron-session are taken over. */
export interface IronSessionOptions<Old, Data> extends TakeOver<Old, Data> {
  /** The app's `password`: a text of 32 characters or more, or several by their number, `{ 1: …, 2: … }`. */
  readonly password: string | undefined | Readonly<Record<number, string | undefined>>
  /** The app's `cookieName`. */
  readonly name: string
}

/** What both versions put behind a seal; it is outside of the MAC, so nothing may depend on it. */
const VERSION = '~2'

/** How many cookies iron-session 9 spreads a large session over, with `chunk: true`. */
const PARTS = [0, 1, 2, 3]

/**
 * Reads the live sessions of iron-session 8 and 9. What had expired by its `ttl` is not read, within a minute.
 *
 * ```ts
 * accept: [fromIronSession({ password, name, until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * @throws {SessionError} `config` when `password`, `until` or `map` is missing, or a password too short for iron-session.
 */
export function fromIronSession<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: IronSessionOptions<Old, Data>,
): Reader<Data> {
  const door = 'fromIronSession'
  const { name, password } = options
  const passwords = new Map(Object.entries(typeof password === 'object' ? { ...password } : { 1: password }))
  for (const each of passwords.size > 0 ? passwords.values() : [undefined]) checkPassword(door, each)
  const parts = PARTS.map((part) => `${name}.${part}`)
  const open = async (cookies: Cookies, now: number): Promise<Opening<Old> | undefined> => {
    const whole = cookies(name) ?? parts.map((part) => cookies(part) ?? '').join('')
    const seal = whole.endsWith(VERSION) ? parseSeal(whole.slice(0, -VERSION.length), now) : null
    const secret = seal ? passwords.get(seal.passwordId) : undefined
    if (!seal || secret === undefined) return undefined
    const old = asObject(await openSeal(seal, secret, 1))
    return old && { old: old as Old, id: seal.salt }
  }
  return reader<Old, Data>({ door, cookies: [name, ...parts], open }, options)
}
