import { SessionManager, type Store } from 'keepsake'
import type { SessionEnv } from 'keepsake/hono'

/** What the shop remembers of a visitor: one slug for each piece in the cart. */
export interface ShopData {
  cart: string[]
}

/** Shown once, on the next page. */
export interface ShopFlash {
  notice: string
}

export type ShopSessions = SessionManager<ShopData, ShopFlash>
export type ShopEnv = SessionEnv<ShopSessions>

/** With a store the server keeps the sessions; without one each visitor carries theirs, sealed, in the cookie. */
export function shopSessions(secrets: string | undefined, store?: Store): ShopSessions {
  return new SessionManager<ShopData, ShopFlash>({
    secrets,
    ...(store && { store }),
    lifetime: '90d',
    idleTimeout: '7d',
  })
}
