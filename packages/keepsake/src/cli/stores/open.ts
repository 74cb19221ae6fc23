import { SessionError, type Store } from '../../index.ts'
import { Failure, oneLine, unreachable, usage } from '../failure.ts'
import { openPostgres } from './postgres.ts'
import { openRedis } from './redis.ts'
import { openSqlite } from './sqlite.ts'
import type { OpenStore, Target } from './target.ts'

/** Options of the commands that use a store, as `parseArgs` takes them. */
export const STORE_OPTIONS = {
  store: { type: 'string' },
  table: { type: 'string' },
  prefix: { type: 'string' },
} as const

/** The same for people. */
export const STORE_USAGE = `  --store      where the sessions are: sqlite:sessions.db or a path, redis://…,
               postgres://…; SESSION_STORE in the environment says the same.
               Redis and Postgres are reached through the client that your app
               has: redis or ioredis, pg or postgres
  --table      the store's table, if it has another name than sessions
  --prefix     the same for Redis, if keys begin with another word than keepsake`

type Open = (target: Target) => OpenStore | Promise<OpenStore>

const SCHEMES: Readonly<Record<string, Open>> = {
  sqlite: openSqlite,
  redis: openRedis,
  rediss: openRedis,
  postgres: openPostgres,
  postgresql: openPostgres,
}

/** Does something with the store that the command line names, and closes it. @throws {Failure} */
export async function withStore<T>(
  {
    store: place = process.env.SESSION_STORE,
    table,
    prefix,
  }: { store?: string; table?: string; prefix?: string },
  use: (store: Store) => Promise<T>,
): Promise<T> {
  if (!place) throw usage('--store is missing: sqlite:sessions.db, redis://… or postgres://…')
  const open = opener(place)
  return reaching(place, async () => {
    const opened = await open({ place, table, prefix })
    try {
      return await use(opened.store)
    } finally {
      await opened.close()
    }
  })
}

/** A single letter before the colon is a drive of Windows. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i

function opener(place: string): Open {
  const scheme = SCHEME.exec(place)?.[1]?.toLowerCase() ?? 'sqlite'
  const open = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined
  if (!open) throw usage(`--store: there is no store for ${scheme}:, only sqlite, redis and postgres.`)
  return open
}

/** What clients throw says nothing of where; the password of a URL is never told. */
async function reaching<T>(place: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Failure || error instanceof SessionError) throw error
    throw unreachable(`The store at ${whereabouts(place)} failed: ${oneLine(error)}`)
  }
}

/** The host at most: a password may be anywhere else, and there too, where it is not percent-encoded. */
function whereabouts(place: string): string {
  const [scheme] = SCHEME.exec(place) ?? []
  if (scheme === undefined || /^sqlite:$/i.test(scheme)) return place
  const url = URL.canParse(place) ? new URL(place) : undefined
  if (!url?.host || `${url.pathname}${url.search}${url.hash}`.includes('@')) return scheme
  return `${scheme}//${url.host}`
}
