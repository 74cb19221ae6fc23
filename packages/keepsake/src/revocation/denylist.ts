import type { Awaitable } from '../core/awaitable.ts'
import { frame } from '../core/bytes.ts'
import { engine } from '../core/crypto.ts'
import { type BoundedStore, type Settings, SKEW } from '../core/revocation.ts'

/** Why a session is over: somebody ended it, or it goes on under another id. */
export type Reason = 'revoked' | 'superseded'

/** A session as the list knows it: nobody but its owner can end it by its id. */
export interface Named {
  readonly id: string
  readonly owner: string | undefined
}

/** The sessions that have ended, each until no seal of it could open any more. */
export class Denylist {
  readonly #store: BoundedStore
  readonly #settings: Settings

  constructor(store: BoundedStore, settings: Settings) {
    this.#store = store
    this.#settings = settings
  }

  async reason(session: Named): Promise<Reason | undefined> {
    const stored = await this.#store.get(await this.#key(session))
    return stored?.value as Reason | undefined
  }

  /**
   * Whether it is this call that ended it.
   *
   * @param until the absolute limit of the session, ms since the epoch
   */
  async end(session: Named, reason: Reason, until: number): Promise<boolean> {
    return this.#store.create(await this.#key(session), reason, new Date(until + SKEW))
  }

  #key({ id, owner }: Named): Awaitable<string> {
    const whose = owner === undefined ? [] : [owner]
    const framed = frame('keepsake/ended', this.#settings.audience, id, ...whose)
    return engine().sha256(framed)
  }
}
