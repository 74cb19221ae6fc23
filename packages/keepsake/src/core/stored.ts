import { Admission, foundIn } from './admission.ts'
import { type Awaitable, chain } from './awaitable.ts'
import type { Backing, Capabilities, Change, Draft, Kept, Opened, Visit } from './backing.ts'
import type { BoundedStore } from './bounded-store.ts'
import { type Bytes, randomBytes } from './bytes.ts'
import { SessionError } from './errors.ts'
import {
  confirm,
  freshLine,
  handOut,
  type Line,
  nextGeneration,
  propose,
  rotationDue,
  standing,
} from './line.ts'
import type { Owners } from './owners.ts'
import type { Places } from './places.ts'
import type { Found, Head, Seat } from './record.ts'
import { closeRecord, openRecord } from './records.ts'
import { absoluteEnd, realmOf, renewalDue, type Settings } from './settings.ts'
import { mintEpoch, mintId, type Token, verifierOf, writeToken } from './token.ts'

// Each lost round means that another request has saved; so many in a row mean that something is wrong.
const ROUNDS = 64

/** A line one step on, and the token that is told at once, if it is a new one. */
interface Step {
  readonly line: Line
  readonly token?: Token
}

/** Keeps records in a store; the client holds a token. */
export class StoredBacking implements Backing {
  readonly capabilities: Capabilities
  readonly renames: boolean
  readonly epochs = true
  readonly lazy = false
  readonly setsCookieOnce = true
  readonly leavesCopies = false
  readonly sendsSnapshots = false
  readonly #settings: Settings
  readonly #store: BoundedStore
  readonly #owners: Owners
  readonly #places: Places | undefined
  readonly #admission: Admission

  constructor(settings: Settings, store: BoundedStore, owners: Owners, places?: Places) {
    this.#settings = settings
    this.#store = store
    this.#owners = owners
    this.#places = places
    const strong = store.inner.consistency === 'strong'
    this.renames = !strong
    this.#admission = new Admission(settings, store, !strong)
    this.capabilities = {
      revocable: true,
      rollbackProtected: strong,
      compareAndSet: strong,
      listable: owners.listable,
      immediate: strong,
    }
  }

  open({ startedAt }: Visit, name: string, value: string): Awaitable<Opened> {
    return this.#admission.open(name, value, startedAt)
  }

  due(_: Visit, found: Found, now: number): boolean {
    const { line, entry } = found.seat as Seat
    if (renewalDue(this.#settings, found.head, now)) return true
    if (entry?.standing === 'pending') return true
    if (entry?.standing !== 'current') return false
    return line.pending !== undefined || rotationDue(line, now, this.#settings.rotateEvery)
  }

  async create(visit: Visit, draft: Draft): Promise<Kept> {
    const kept = await this.createOnce(visit, draft)
    if (kept) return kept
    throw new SessionError('conflict', 'The store already has a record under a fresh random id.')
  }

  /** Creates, unless there is a record of this id. @param secret of the token that the client is to hold */
  async createOnce(visit: Visit, wanted: Draft, secret: Bytes = randomBytes(32)): Promise<Kept | undefined> {
    const draft = await this.#dated(wanted)
    const now = this.#settings.now()
    const token: Token = { id: draft.id, generation: 0, issuedAt: now, secret }
    const verifier = await verifierOf(realmOf(this.#settings, visit.name), token)
    const line = freshLine(verifier, 0, now)
    const fresh = { line, epoch: draft.epoch ?? mintEpoch(), audience: this.#settings.audience }
    const { value, seat } = await closeRecord(this.#settings, draft, fresh, { token, verifier })
    const expires = expiryOf(draft.head)
    const owner = await this.#ownerOf(draft.head)
    // a token is told only after a known success
    if (!(await this.#store.create(draft.id, value, expires, owner))) return undefined
    return this.#issued(visit, { ...draft, rank: 0, seat: { ...seat, version: 1 } }, draft, token)
  }

  change(visit: Visit, found: Found, change: Change): Awaitable<Kept> {
    if (change.reissue && this.renames) return this.#rename(visit, found, change)
    return chain(this.#attempt(visit, found, change), (kept) => kept ?? this.#again(visit, found, change))
  }

  update(visit: Visit, found: Found, change: Change): Awaitable<Kept> {
    return this.change(visit, found, { ...change, counted: true })
  }

  async renew(visit: Visit, found: Found): Promise<Kept> {
    try {
      return await this.#renewed(visit, found)
    } catch (error) {
      // a renewal never fails a request; the next one tries again
      this.#settings.emit({ type: 'store-error', reason: (error as Error).message })
      return { found }
    }
  }

  remove(found: Found): Awaitable<void> {
    return this.#store.delete(found.id)
  }

  async reload(base: Found): Promise<Found | undefined> {
    const { entry, epoch, lock } = base.seat as Seat
    const stored = await this.#store.get(base.id)
    const closed = stored && foundIn(this.#settings, base.id, stored)
    if (!closed || closed.seat?.epoch !== epoch) return undefined
    const found = await openRecord(this.#settings, closed, lock?.holder ?? entry)
    if ('failure' in found) return undefined
    if (!entry) return found
    const seat = found.seat as Seat
    const how = standing(seat.line, entry.token, entry.verifier, true, this.#settings.now())
    return { ...found, rank: base.rank, seat: { ...seat, entry: { ...entry, standing: how } } }
  }

  /** A login stands by itself: without its base it begins a session with nothing carried. */
  async baseless(visit: Visit, change: Change): Promise<Kept> {
    if (change.fresh) return this.create(visit, await change.fresh())
    throw new SessionError(
      'superseded',
      'Nothing was saved: this session was ended, or got a new token by a login or regenerate, while this request ran.',
    )
  }

  /** Another request was first: on top of what it saved, as often as it takes. */
  async #again(visit: Visit, found: Found, change: Change): Promise<Kept> {
    let base = found
    for (let round = 1; round < ROUNDS; round++) {
      const reloaded = await this.reload(base)
      if (!reloaded) return this.baseless(visit, change)
      base = reloaded
      const kept = await this.#attempt(visit, base, change)
      if (kept) return kept
    }
    throw new SessionError(
      'conflict',
      `Nothing was saved: ${ROUNDS} other requests changed this session first.`,
    )
  }

  /** One compare-and-set; `undefined` when another request was first. */
  #attempt(visit: Visit, base: Found, change: Change): Awaitable<Kept | undefined> {
    return chain(change.draft(base), (wanted) =>
      chain(this.#dated(wanted), (draft) =>
        chain(this.#next(visit, base, change), (step) => this.#put(visit, base, draft, step, change)),
      ),
    )
  }

  #next(visit: Visit, base: Found, change: Change): Awaitable<Step> {
    if (change.reissue) return this.#reissued(visit, base)
    return chain(this.#advanced(visit, base), (line) => ({ line }))
  }

  #put(
    visit: Visit,
    base: Found,
    draft: Draft,
    { line, token }: Step,
    { counted }: Change,
  ): Awaitable<Kept | undefined> {
    const seat = base.seat as Seat
    const aim = { ...seat, line, epoch: token ? (draft.epoch ?? mintEpoch()) : seat.epoch }
    const fresh = token && { token, verifier: line.verifier }
    const closing = closeRecord(this.#settings, draft, aim, fresh, counted ? mintEpoch() : undefined)
    return chain(closing, ({ value, seat: taken }) =>
      chain(this.#updated(base, draft.head, value), (done) => {
        if (!done) return undefined
        const found: Found = { ...draft, rank: base.rank, seat: { ...taken, version: seat.version + 1 } }
        return token ? this.#issued(visit, found, draft, token) : this.#handed(visit, found)
      }),
    )
  }

  #updated({ id, seat }: Found, head: Head, value: string): Awaitable<boolean> {
    const { version } = seat as Seat
    return chain(this.#ownerOf(head), (owner) =>
      this.#store.update(id, value, expiryOf(head), version, owner),
    )
  }

  /** Where compare-and-set can't be had, a new token is a new record. */
  async #rename(visit: Visit, found: Found, change: Change): Promise<Kept> {
    const draft = await change.draft(found)
    const id = draft.id === found.id ? mintId() : draft.id
    const kept = await this.create(visit, { ...draft, id })
    await this.#store.delete(found.id)
    return kept
  }

  async #reissued(visit: Visit, base: Found): Promise<Step> {
    const now = this.#settings.now()
    const generation = nextGeneration((base.seat as Seat).line)
    const token: Token = { id: base.id, generation, issuedAt: now, secret: randomBytes(32) }
    const verifier = await verifierOf(realmOf(this.#settings, visit.name), token)
    return { line: freshLine(verifier, generation, now), token }
  }

  /** The line one step on, if a step is due: a shown secret is confirmed, or a next one proposed. */
  #advanced(visit: Visit, { seat }: Found): Awaitable<Line> {
    const { line, entry } = seat as Seat
    const now = this.#settings.now()
    if (entry?.standing === 'pending') return confirm(line, now, this.#settings.grace)
    const due = entry?.standing === 'current' && rotationDue(line, now, this.#settings.rotateEvery)
    return due ? propose(realmOf(this.#settings, visit.name), line, entry.token, now) : line
  }

  async #renewed(visit: Visit, found: Found): Promise<Kept> {
    const { line, version } = found.seat as Seat
    const now = this.#settings.now()
    if ((await this.#advanced(visit, found)) !== line) {
      const head = { ...found.head, lastSeenAt: now }
      const same: Change = { reissue: false, draft: () => ({ ...found, head, login: false }) }
      const kept = await this.#attempt(visit, found, same)
      return kept ?? this.#handed(visit, (await this.reload(found)) ?? found)
    }
    const due = renewalDue(this.#settings, found.head, now)
    const same = due && (await this.#store.touch(found.id, new Date(now + found.head.idle), version))
    if (same) return this.#handed(visit, { ...found, head: { ...found.head, lastSeenAt: now } })
    if (!line.pending) return this.#handed(visit, found)
    // a login meanwhile has made the pending token a dead one, and a browser would take it for the fresh one
    const seen = await this.reload(found)
    return seen ? this.#handed(visit, seen) : { found }
  }

  /** Hands out the pending secret to whoever showed the current one; every such request gets the same. */
  #handed(visit: Visit, found: Found): Awaitable<Kept> {
    const { line, entry } = found.seat as Seat
    if (entry?.standing !== 'current' || line.verifier !== entry.verifier) return { found }
    const realm = realmOf(this.#settings, visit.name)
    const until = absoluteEnd(this.#settings, found.head)
    return chain(handOut(realm, line, entry.token), (token) =>
      token ? chain(writeToken(realm, token), (value) => ({ found, value, until })) : { found },
    )
  }

  async #issued(visit: Visit, found: Found, draft: Draft, token: Token): Promise<Kept> {
    if ((draft.login || this.renames) && draft.head.owner !== undefined) {
      await this.#owners.admit(draft.head.owner, draft.id, visit.startedAt)
      await this.#places?.take(draft.head.owner, draft.id)
    }
    const value = await writeToken(realmOf(this.#settings, visit.name), token)
    const { entry: _, ...seat } = found.seat as Seat
    return { found: { ...found, seat }, value, until: absoluteEnd(this.#settings, draft.head) }
  }

  #dated(draft: Draft): Awaitable<Draft> {
    return this.#places?.dated(draft) ?? draft
  }

  #ownerOf(head: Head): Awaitable<string | undefined> {
    return head.owner === undefined ? undefined : this.#owners.key(head.owner)
  }
}

/** Last seen plus idle; the absolute end is inside the value. */
function expiryOf(head: Head): Date {
  return new Date(head.lastSeenAt + head.idle)
}
