import { type Duration, milliseconds } from '../core/duration.ts'
import { type Cookies, type Opening, type Reader, reader, type TakeOver } from '../core/reader.ts'
import { asObject } from './encodings.ts'
import { checkPassword, openSeal, parseSeal } from './iron-seal.ts'

/** How sessions of h3 are taken over. */
export interface H3Options<Old, Data> extends TakeOver<Old, Data> {
  /** The app's `password`, 32 characters or more. */
  readonly password: string | undefined
  /** The app's `name`, `'nuxt-session'` for example. @default 'h3' */
  readonly name?: string
  /** The app's `maxAge`, counted from the session's creation. @default none */
  readonly maxAge?: Duration
  /** The app's `idleTimeout`, counted from when it was last sealed. @default none */
  readonly idleTimeout?: Duration
  /**
   * Only what this version of h3 has sealed. The seals of both look alike; a forged one costs one derivation of a key, which
   * takes microseconds with version 1, and some milliseconds with version 2. @default both
   */
  readonly version?: 1 | 2
}

/** How often version 1 and 2 repeat the hash that makes a key of a password. */
const ITERATIONS = [1, 8192] as const

/** What follows the name where a session fills several cookies; no request brings more. */
const PARTS = [1, 2, 3, 4]

/**
 * Reads the live sessions that h3 1 and 2 seal into cookies: those of Nuxt, Nitro and TanStack Start. What had expired by
 * `maxAge` or `idleTimeout` is not read.
 *
 * ```ts
 * accept: [fromH3({ password, until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * @throws {SessionError} `config` when `password`, `until` or `map` is missing, or the password too short for h3.
 */
export function fromH3<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: H3Options<Old, Data>,
): Reader<Data> {
  const door = 'fromH3'
  const { password, name = 'h3', version } = options
  checkPassword(door, password)
  const tried = ITERATIONS.slice((version ?? 1) - 1, version ?? 2)
  const isLive = liveness(options)
  const parts = PARTS.map((part) => `${name}.${part}`)
  const open = async (cookies: Cookies, now: number): Promise<Opening<Old> | undefined> => {
    const seal = parseSeal(assembled(cookies, name, parts), now)
    if (seal?.passwordId !== '') return undefined
    for (const iterations of tried) {
      const session = asObject(await openSeal(seal, password, iterations))
      if (session) return isLive(session, now) ? opening(session, seal.salt) : undefined
    }
    return undefined
  }
  return reader<Old, Data>({ door, cookies: [name, ...parts], open }, options)
}

function opening<Old>({ data, id }: Record<string, unknown>, salt: string): Opening<Old> | undefined {
  const old = asObject(data)
  return old && { old: old as Old, id: typeof id === 'string' && id !== '' ? id : salt }
}

/** The one cookie, or what it says in how many parts there is; `''` where one of them is missing. */
function assembled(cookies: Cookies, name: string, parts: readonly string[]): string {
  const whole = cookies(name) ?? ''
  const [, count] = /^__chunked__([2-4])$/.exec(whole) ?? []
  if (count === undefined) return whole
  const found = parts.slice(0, Number(count)).map(cookies)
  return found.includes(undefined) ? '' : found.join('')
}

type Limits = Pick<H3Options<unknown, unknown>, 'maxAge' | 'idleTimeout'>
type IsLive = (session: Record<string, unknown>, now: number) => boolean

function liveness({ maxAge, idleTimeout }: Limits): IsLive {
  const age = maxAge === undefined ? Number.POSITIVE_INFINITY : milliseconds('maxAge', maxAge)
  const idle = idleTimeout === undefined ? Number.POSITIVE_INFINITY : milliseconds('idleTimeout', idleTimeout)
  return ({ createdAt, lastSeenAt = createdAt }, now) =>
    typeof createdAt === 'number' &&
    typeof lastSeenAt === 'number' &&
    now - createdAt <= age &&
    now - lastSeenAt <= idle
}
