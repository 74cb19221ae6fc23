import { SessionManager } from 'keepsake'
import { sqliteStore } from 'keepsake/sqlite'

/** What the slices know of a visitor together. */
export interface Shared {
  cart: string[]
}

/** Equal secrets, an equal cookie: what one slice writes, the other reads. With DATABASE in one file, else in the cookie. */
export function sharedSessions(): SessionManager<Shared> {
  const { SESSION_SECRET: secrets, DATABASE } = process.env
  return new SessionManager<Shared>(DATABASE ? { secrets, store: sqliteStore(DATABASE) } : { secrets })
}
