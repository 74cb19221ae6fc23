import type { NotBefore } from '../core/not-before.ts'
import type { OwnerSessions, Settings } from '../core/revocation.ts'
import type { Denylist } from './denylist.ts'

/** The sealed sessions of an owner: nobody knows which there are, but all can be ended, and each by its id. */
export class SealedOwners implements OwnerSessions {
  readonly listable = false
  readonly endsAll = true
  readonly #settings: Settings
  readonly #denylist: Denylist
  readonly #notBefore: NotBefore

  constructor(settings: Settings, denylist: Denylist, notBefore: NotBefore) {
    this.#settings = settings
    this.#denylist = denylist
    this.#notBefore = notBefore
  }

  async list(): Promise<[]> {
    return []
  }

  /** When it began is not known, so the entry is kept as long as any session can last. */
  async revoke(id: string, owner: string): Promise<boolean> {
    if (!/^[\w-]{22}$/.test(id)) return false
    const { now, lifetime } = this.#settings
    return this.#denylist.end({ id, owner }, 'revoked', now() + lifetime)
  }

  async revokeAll(owner: string, except?: string): Promise<number> {
    await this.#notBefore.set(owner, except)
    return 0
  }

  bars(owner: string, id: string, since: number): Promise<boolean> {
    return this.#notBefore.bars(owner, id, since)
  }
}
