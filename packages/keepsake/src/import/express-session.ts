import { equalText } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type Opening, type Reader, reader, type TakeOver } from '../core/reader.ts'
import { toBase64 } from './base64.ts'
import { fromPercent } from './encodings.ts'
import { hmac, type Mac, type OldSecret, secretList } from './mac.ts'

/** What is used of a store of express-session: connect-redis, memorystore, one for SQLite, … */
export interface ExpressStore {
  // biome-ignore lint/suspicious/noExplicitAny: each store has its own type of record
  get(sid: string, callback: (error: any, record?: any) => void): unknown
}

/** How sessions of express-session are taken over. */
export interface ExpressSessionOptions<Old, Data> extends TakeOver<Old, Data> {
  /** The `secret` of express-session: one, or several. */
  readonly secret: OldSecret | readonly OldSecret[]
  /** The store that express-session was given; it is read, never written. */
  readonly store: ExpressStore
  /** The `name` of express-session. @default 'connect.sid' */
  readonly name?: string
  /**
   * The app's `rolling`. Stores such as connect-redis let a session that is only visited live on without writing its
   * new end into the record: with `true` that is not looked at, and whatever the store still gives is alive. @default false
   */
  readonly rolling?: boolean
}

/**
 * Reads the live sessions of express-session, through the store it keeps them in.
 *
 * ```ts
 * accept: [fromExpressSession({ secret, store, until: '2027-03-31', map: (old) => ({ cart: old.cart }) })]
 * ```
 *
 * `map` gets what the app had in `req.session`, without `cookie`, whose `expires` is honoured unless the app is `rolling`.
 *
 * @throws {SessionError} `config` when `secret`, `store`, `until` or `map` is missing.
 */
export function fromExpressSession<Old = Record<string, unknown>, Data = Record<string, unknown>>(
  options: ExpressSessionOptions<Old, Data>,
): Reader<Data> {
  const door = 'fromExpressSession'
  const { name = 'connect.sid', store, rolling = false } = options
  const macs = secretList(door, 'secret', options.secret).map((secret) => hmac('SHA-256', secret))
  if (typeof store?.get !== 'function')
    throw new SessionError('config', `${door}: store is missing: the one that express-session was given.`)
  return reader<Old, Data>(
    {
      door,
      cookies: [name],
      open: async (cookies, now) => {
        const id = await idIn(cookies(name), macs)
        return id === undefined
          ? undefined
          : openingOf(id, await recordOf(store, id), rolling ? undefined : now)
      },
    },
    options,
  )
}

/** `s:<id>.<HMAC-SHA-256>`, percent-encoded as express-session does it. */
async function idIn(cookie: string | undefined, macs: readonly Mac[]): Promise<string | undefined> {
  const text = fromPercent(cookie ?? '')
  if (!text.startsWith('s:')) return undefined
  const dot = text.lastIndexOf('.')
  const id = text.slice(2, dot)
  if (dot < 3) return undefined
  for (const mac of macs) if (equalText(text.slice(dot + 1), toBase64(await mac(id)))) return id
  return undefined
}

function recordOf(store: ExpressStore, id: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const answer = store.get(id, (error, record) => {
      // some stores of files call a missing one an error; a socket that is missing is one
      const isAbsent = error?.code === 'ENOENT' && error.syscall !== 'connect'
      if (error && !isAbsent) reject(error)
      else resolve(error ? undefined : record)
    })
    Promise.resolve(answer).catch(reject)
  })
}

/** @param now for the end that the record says; absent where only the store knows it */
function openingOf<Old>(id: string, record: unknown, now: number | undefined): Opening<Old> | undefined {
  if (typeof record !== 'object' || record === null || !('cookie' in record)) return undefined
  const { cookie, ...old } = record
  const { expires } = (cookie ?? {}) as { expires?: string | Date | false | null }
  const alive = now === undefined || !expires || new Date(expires).getTime() > now
  return alive ? { old: old as Old, id } : undefined
}
