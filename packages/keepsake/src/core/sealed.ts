import { type Awaitable, chain } from './awaitable.ts'
import type { Backing, Capabilities, Change, Draft, Kept, Opened, Visit } from './backing.ts'
import { bytesOf, toBase64url } from './bytes.ts'
import { keepAtMost } from './key.ts'
import type { KeyRing } from './keys.ts'
import { type Found, headOf, readRecord, writeRecord } from './record.ts'
import { refused } from './refused.ts'
import { type Protection, type SealContent, type SealContext, seal, unseal } from './seal.ts'
import { ended, endOf, idleLimit, renewalDue, type Settings } from './settings.ts'

// a function of the request may name its cookies as it likes
const NAMES_KEPT = 100

/** Keeps the whole record in the cookie. */
export class SealedBacking implements Backing {
  readonly capabilities: Capabilities = {
    revocable: false,
    rollbackProtected: false,
    compareAndSet: false,
    listable: false,
    immediate: false,
  }
  readonly renames = true
  readonly epochs = false
  readonly setsCookieOnce = false
  readonly leavesCopies = true
  readonly sendsSnapshots = false
  readonly #settings: Settings
  readonly #ring: KeyRing
  readonly #protection: Protection
  readonly #contexts = new Map<string, SealContext>()

  constructor(settings: Settings, ring: KeyRing, protection: Protection) {
    this.#settings = settings
    this.#ring = ring
    this.#protection = protection
  }

  get lazy(): boolean {
    return !this.#protection.later && this.#ring.first.engine.name === 'node'
  }

  open({ startedAt: now }: Visit, name: string, value: string): Awaitable<Opened> {
    const opening = unseal(this.#context(name), value, now, this.#settings.lifetime)
    return chain(opening, (opened) => {
      return 'content' in opened ? this.#read(opened.content, now) : refused(opened, this.#ring)
    })
  }

  due(_: Visit, found: Found, now: number): boolean {
    return renewalDue(this.#settings, found.head, now)
  }

  create(visit: Visit, draft: Draft): Awaitable<Kept> {
    return this.#write(visit, draft, 0)
  }

  change(visit: Visit, found: Found, change: Change): Awaitable<Kept> {
    return chain(change.draft(found), (draft) => this.#write(visit, draft, found.rank + 1))
  }

  renew(visit: Visit, found: Found): Awaitable<Kept> {
    const head = { ...found.head, lastSeenAt: this.#settings.now() }
    return this.#write(visit, { ...found, head, login: false }, found.rank + 1)
  }

  remove(): void {}

  /** Nobody else has changed it. */
  async reload(found: Found): Promise<Found> {
    return found
  }

  #read(content: SealContent, now: number): Opened {
    const id = toBase64url(content.id)
    const parts = readRecord(content.json)
    if (!parts) return { outcome: 'malformed', facts: { id } }
    const { createdAt, issuedAt: lastSeenAt } = content
    const idle = idleLimit(this.#settings, { keep: parts.short.k })
    const head = headOf(parts.short, { createdAt, lastSeenAt, idle })
    const found: Found = { id, head, data: parts.data, flash: parts.flash, rank: content.revision }
    const outcome = ended(this.#settings, found, content.expiresAt, now)
    if (!outcome) return { found }
    return {
      outcome,
      facts: { id, createdAt, lastSeenAt, endedAt: Math.min(content.expiresAt, endOf(this.#settings, head)) },
    }
  }

  #write(visit: Visit, draft: Draft, revision: number): Awaitable<Kept> {
    const { head } = draft
    const now = this.#settings.now()
    // the limit may have passed while the handler ran
    const expiresAt = Math.max(endOf(this.#settings, head), head.lastSeenAt + 1)
    const content: SealContent = {
      id: bytesOf(draft.id),
      createdAt: Math.min(head.createdAt, head.lastSeenAt),
      issuedAt: head.lastSeenAt,
      expiresAt,
      revision,
      persistent: head.keep !== false,
      json: writeRecord(head, draft.data, draft.flash),
    }
    const { id, data, flash } = draft
    return chain(seal(this.#context(visit.name), content, now), (value) => ({
      found: { id, head, data, flash, rank: revision },
      value,
      until: expiresAt,
    }))
  }

  /** One for each cookie name: what is bound to it is put together once. */
  #context(name: string): SealContext {
    const known = this.#contexts.get(name)
    if (known) return known
    const { audience } = this.#settings
    const made = { ring: this.#ring, name, purpose: 'session', audience, protection: this.#protection }
    keepAtMost(NAMES_KEPT, this.#contexts).set(name, made)
    return made
  }
}
