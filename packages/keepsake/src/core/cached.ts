import type { Backing, Capabilities, Change, Draft, Kept, Opened, Visit } from './backing.ts'
import type { CacheLimits } from './cache-options.ts'
import { isOutage } from './errors.ts'
import type { Found } from './record.ts'
import { idleLimit, realmOf, type Settings } from './settings.ts'
import type { Snapshot, Snapshots } from './snapshot.ts'
import type { StoredBacking } from './stored.ts'
import { readToken } from './token.ts'

/**
 * Keeps records in a store, and lets a sealed snapshot, which the client holds beside its token, answer what only reads.
 * Whatever changes a session asks the store first.
 */
export class CachedBacking implements Backing {
  readonly capabilities: Capabilities
  readonly renames: boolean
  readonly lazy = false
  readonly setsCookieOnce = true
  readonly leavesCopies = false
  readonly epochs = true
  readonly sendsSnapshots = true
  readonly #settings: Settings
  readonly #stored: StoredBacking
  readonly #snapshots: Snapshots
  readonly #limits: CacheLimits

  constructor(settings: Settings, stored: StoredBacking, snapshots: Snapshots, limits: CacheLimits) {
    this.#settings = settings
    this.#stored = stored
    this.#snapshots = snapshots
    this.#limits = limits
    this.renames = stored.renames
    this.capabilities = { ...stored.capabilities, immediate: false }
  }

  async open(visit: Visit, name: string, value: string): Promise<Opened> {
    const snapshot = await this.#snapshotFor(visit, name, value)
    if (!snapshot) return this.#stored.open(visit, name, value)
    const present = async (): Promise<Opened> =>
      this.#stored.open({ ...visit, startedAt: this.#settings.now() }, name, value)
    const fresh = this.#freshUntil(snapshot)
    if (visit.startedAt < fresh) return { found: { ...snapshot.found, standIn: { present } } }
    try {
      return await this.#stored.open(visit, name, value)
    } catch (error) {
      if (!isOutage(error) || visit.startedAt >= fresh + this.#limits.staleFor) throw error
      return { found: { ...snapshot.found, standIn: { present, outage: error.message } } }
    }
  }

  /** Whoever read the store for want of a snapshot gets one, and so does whoever holds one from before an `update`. */
  due(visit: Visit, found: Found, now: number): boolean {
    if (found.standIn) return false
    const wanting = visit.snapshots !== undefined && (visit.reads || found.untold === true)
    return wanting || this.#stored.due(visit, found, now)
  }

  async create(visit: Visit, draft: Draft): Promise<Kept> {
    const readAt = this.#settings.now()
    return this.#written(visit, await this.#stored.create(visit, draft), readAt)
  }

  async change(visit: Visit, found: Found, change: Change): Promise<Kept> {
    const readAt = this.#settings.now()
    return this.#written(visit, await this.#changed('change', visit, found, change), readAt)
  }

  async renew(visit: Visit, found: Found): Promise<Kept> {
    const { startedAt } = visit
    const due = this.#stored.due(visit, found, this.#settings.now())
    const kept = due ? await this.#stored.renew(visit, found) : { found }
    return found.untold ? this.#written(visit, kept, startedAt) : this.#told(visit, kept, startedAt)
  }

  async remove(found: Found): Promise<void> {
    const opened = found.standIn ? await found.standIn.present() : { found }
    const there = opened.found ?? opened.remains
    if (there) await this.#stored.remove(there)
  }

  async reload(found: Found): Promise<Found | undefined> {
    return found.standIn ? (await found.standIn.present()).found : this.#stored.reload(found)
  }

  async update(visit: Visit, found: Found, change: Change): Promise<Kept> {
    const { found: updated } = await this.#changed('update', visit, found, change)
    return { found: { ...updated, untold: true } }
  }

  /** A change is made of the record as the store has it, if the same token opens it. */
  async #changed(how: 'change' | 'update', visit: Visit, found: Found, change: Change): Promise<Kept> {
    if (!found.standIn) return this.#stored[how](visit, found, change)
    const { found: present } = await found.standIn.present()
    if (!present) return this.#stored.baseless(visit, change)
    const same = present.seat?.version === found.seat?.version
    // nobody has changed it since the snapshot, so there is nothing to merge
    const draft: Change['draft'] = (base) => change.draft(same && base === present ? found : base)
    return this.#stored[how](visit, present, { ...change, draft })
  }

  async #snapshotFor(visit: Visit, name: string, value: string): Promise<Snapshot | undefined> {
    if (!visit.reads || !visit.snapshots?.length) return undefined
    const token = await readToken(realmOf(this.#settings, name), value)
    return 'failure' in token ? undefined : this.#snapshots.open(visit, name, token)
  }

  /** A session that `remember` keeps only briefly must be renewed in time, too. */
  #freshUntil({ found, readAt }: Snapshot): number {
    return readAt + Math.min(this.#limits.maxAge, idleLimit(this.#settings, found.head) / 2)
  }

  /** What the browser holds does not know of this write: if there is no snapshot of it, there must be none at all. */
  async #written(visit: Visit, kept: Kept, readAt: number): Promise<Kept> {
    const told = await this.#told(visit, kept, readAt)
    return told.snapshot || !visit.snapshots?.length ? told : { ...told, snapshot: null }
  }

  /** Adds a snapshot, if the client is to hold the token that is current in the store. */
  async #told(visit: Visit, kept: Kept, readAt: number): Promise<Kept> {
    const { found } = kept
    const until = this.#freshUntil({ found, readAt }) + this.#limits.staleFor
    if (!visit.snapshots || !holdsCurrent(kept) || this.#settings.now() >= until) return kept
    const value = await this.#snapshots.seal(visit, { found, readAt })
    if (value !== undefined) return { ...kept, snapshot: { value, until } }
    this.#settings.emit({ type: 'snapshot-too-large', id: found.id })
    return kept
  }
}

/** While a next token is pending, or a former one is in its grace, its holder asks the store: only there it is confirmed, or ends. */
function holdsCurrent({ found: { seat }, value }: Kept): boolean {
  if (!seat || seat.line.pending) return false
  return value !== undefined || seat.entry?.verifier === seat.line.verifier
}
