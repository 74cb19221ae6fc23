import type { Awaitable } from './awaitable.ts'
import type { BoundedStore } from './bounded-store.ts'
import { frame } from './bytes.ts'
import { engine } from './crypto.ts'
import { SessionError } from './errors.ts'
import type { Settings } from './settings.ts'

interface Bar {
  /** Logins that began until then are barred, ms since the epoch. */
  readonly at: number
  /** The session that is spared, */
  readonly except?: string
  /** unless its login began until then. */
  readonly all?: number
}

/** Since when an owner's sessions count: what `revokeAll` writes down, for logins under way and for seals. */
export class NotBefore {
  readonly #store: BoundedStore
  readonly #settings: Settings

  constructor(store: BoundedStore, settings: Settings) {
    this.#store = store
    this.#settings = settings
  }

  /** Was everything revoked at `since`, ms since the epoch, or later, and this session not spared? */
  async bars(owner: string, id: string, since: number): Promise<boolean> {
    const stored = await this.#store.get(await this.#id(owner))
    const bar = stored && (JSON.parse(stored.value) as Bar)
    const at = bar?.except === id ? bar.all : bar?.at
    return at !== undefined && at >= since
  }

  /** Revokes everything until now, but for the session `except`. */
  set(owner: string, except: string | undefined): Promise<void> {
    return this.#change(owner, (before) => barred(before, this.#settings.now(), except))
  }

  /** The session that is spared has another id. */
  rename(owner: string, from: string, to: string): Promise<void> {
    return this.#change(owner, (before) => (before?.except === from ? { ...before, except: to } : undefined))
  }

  async #change(owner: string, change: (before: Bar | null) => Bar | undefined): Promise<void> {
    const id = await this.#id(owner)
    const { lifetime, acceptsUntil } = this.#settings
    for (let tries = 0; tries < 16; tries++) {
      const stored = await this.#store.get(id)
      const bar = change(stored && (JSON.parse(stored.value) as Bar))
      if (!bar) return
      const value = JSON.stringify(bar)
      const expires = new Date(Math.max(bar.at + lifetime, acceptsUntil))
      const done = stored
        ? await this.#store.update(id, value, expires, stored.version)
        : await this.#store.create(id, value, expires)
      if (done) return
    }
    throw new SessionError('conflict', 'revokeAll: too many calls for the same owner at once. Try again.')
  }

  #id(owner: string): Awaitable<string> {
    const framed = frame('keepsake/not-before', this.#settings.audience, owner)
    return engine().sha256(framed)
  }
}

/** What one call has barred, the next one's exception does not let in. */
function barred(before: Bar | null, now: number, except: string | undefined): Bar {
  const at = Math.max(now, before?.at ?? 0)
  if (except === undefined) return { at }
  const all = before?.except === except ? before?.all : before?.at
  return { at, except, ...(all !== undefined && { all }) }
}
