import type { Awaitable } from './awaitable.ts'
import type { BoundedStore } from './bounded-store.ts'
import { frame } from './bytes.ts'
import { engine } from './crypto.ts'
import { SessionError } from './errors.ts'
import { NotBefore } from './not-before.ts'
import { readRecord } from './record.ts'
import { absoluteEnd, type Settings } from './settings.ts'

/** One of an owner's sessions, as "your devices" shows it. Times in ms since the epoch. */
export interface ListedSession {
  /** What `revoke` takes. */
  readonly id: string
  /** Start of the absolute lifetime: creation, or the last login. */
  readonly createdAt: number
  /** When it last wrote or renewed, up to `renewAfter` behind its last request. */
  readonly lastSeenAt: number
  /** When it ends if nothing more happens. */
  readonly expiresAt: number
  /** When its owner last logged in. */
  readonly authenticatedAt?: number
  /** The label that `login` was told. */
  readonly label?: string
}

/** What can be done to the sessions of an owner. */
export interface OwnerSessions {
  readonly listable: boolean
  readonly endsAll: boolean
  list(owner: string, limit: number, after?: string): Promise<ListedSession[]>
  revoke(id: string, owner: string): Promise<boolean>
  revokeAll(owner: string, except?: string): Promise<number>
  /** Was everything revoked since then? */
  bars(owner: string, id: string, since: number): Promise<boolean>
}

const PAGE = 100

/** The sessions of an owner. A store is given the owner as a hash; the name stands in the record alone. */
export class Owners implements OwnerSessions {
  readonly #store: BoundedStore
  readonly #settings: Settings
  readonly #notBefore: NotBefore

  constructor(store: BoundedStore, settings: Settings) {
    this.#store = store
    this.#settings = settings
    this.#notBefore = new NotBefore(store, settings)
  }

  get listable(): boolean {
    return this.#store.inner.list !== undefined
  }

  get endsAll(): boolean {
    return this.listable
  }

  get strong(): boolean {
    return this.#store.inner.consistency === 'strong'
  }

  /** Ends a session that is known to be this owner's. */
  end(id: string): Awaitable<void> {
    return this.#store.delete(id)
  }

  key(owner: string): Awaitable<string> {
    const framed = frame('keepsake/owner', this.#settings.audience, owner)
    return engine().sha256(framed)
  }

  /** Rows that have ended count for no page, or a page without sessions would look like the last one. */
  async list(owner: string, limit: number, after?: string): Promise<ListedSession[]> {
    const now = this.#settings.now()
    const key = await this.key(owner)
    const sessions: ListedSession[] = []
    for (let last = after; ; ) {
      const rows = await this.#store.list(key, limit, last)
      for (const { id, value, expires } of rows) {
        const listed = this.#listed(id, value, expires.getTime(), owner)
        if (listed && listed.expiresAt > now) sessions.push(listed)
      }
      if (sessions.length >= limit || rows.length < limit) return sessions.slice(0, limit)
      last = rows.at(-1)?.id
    }
  }

  async revoke(id: string, owner: string): Promise<boolean> {
    const stored = await this.#store.get(id)
    if (!stored || !this.#listed(id, stored.value, 0, owner)) return false
    await this.#store.delete(id)
    return true
  }

  /** First bars logins that are under way, then ends what is listed; says how many. */
  async revokeAll(owner: string, except?: string): Promise<number> {
    await this.#notBefore.set(owner, except)
    const key = await this.key(owner)
    let count = 0
    let after: string | undefined
    for (;;) {
      const page = await this.#store.list(key, PAGE, after)
      for (const { id } of page) {
        if (id === except) continue
        await this.#store.delete(id)
        count++
      }
      if (page.length < PAGE) return count
      after = page.at(-1)?.id
    }
  }

  /** After a login wrote its record: was everything revoked since its request began? Then the login must not stand. */
  async admit(owner: string, id: string, startedAt: number): Promise<void> {
    if (!(await this.bars(owner, id, startedAt))) return
    await this.#store.delete(id)
    throw new SessionError(
      'superseded',
      'All sessions of this user were ended while this login was under way. Ask for the credentials again.',
    )
  }

  /** Was everything revoked since then? */
  async bars(owner: string, id: string, startedAt: number): Promise<boolean> {
    return this.listable && (await this.#notBefore.bars(owner, id, startedAt))
  }

  #listed(id: string, value: string, expires: number, owner: string): ListedSession | undefined {
    const short = readRecord(value)?.short
    if (short?.o !== owner || (short.u ?? '') !== this.#settings.audience) return undefined
    const { c: createdAt = 0, i: idle = 0, a: authenticatedAt, l: label } = short
    const end = absoluteEnd(this.#settings, { createdAt, lastSeenAt: 0, idle })
    return {
      id,
      createdAt,
      lastSeenAt: expires - idle,
      expiresAt: Math.min(expires, end),
      ...(authenticatedAt !== undefined && { authenticatedAt }),
      ...(label !== undefined && { label }),
    }
  }
}
