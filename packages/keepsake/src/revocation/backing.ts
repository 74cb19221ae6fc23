import type { NotBefore } from '../core/not-before.ts'
import {
  absoluteEnd,
  type Backing,
  type Capabilities,
  type Change,
  type Draft,
  type Found,
  type Kept,
  type Opened,
  type Settings,
  type Visit,
} from '../core/revocation.ts'
import { SessionError } from '../index.ts'
import type { Denylist, Reason } from './denylist.ts'

/** Keeps the record in the cookie, and what has ended in a store. */
export class RevocableBacking implements Backing {
  readonly capabilities: Capabilities
  readonly renames = true
  readonly epochs = false
  readonly lazy = false
  readonly setsCookieOnce = false
  readonly leavesCopies = true
  readonly sendsSnapshots = false
  readonly #sealed: Backing
  readonly #settings: Settings
  readonly #denylist: Denylist
  readonly #notBefore: NotBefore

  constructor(
    sealed: Backing,
    settings: Settings,
    denylist: Denylist,
    notBefore: NotBefore,
    strong: boolean,
  ) {
    this.#sealed = sealed
    this.#settings = settings
    this.#denylist = denylist
    this.#notBefore = notBefore
    this.capabilities = { ...sealed.capabilities, revocable: true, immediate: strong }
  }

  async open(visit: Visit, name: string, value: string): Promise<Opened> {
    const opened = await this.#sealed.open(visit, name, value)
    const outcome = opened.found && (await this.#reason(opened.found))
    if (!opened.found || !outcome) return opened
    const { id, head } = opened.found
    const { createdAt, lastSeenAt } = head
    return { outcome, facts: { id, createdAt, lastSeenAt, issuedAt: lastSeenAt } }
  }

  due(visit: Visit, found: Found, now: number): boolean {
    return this.#sealed.due(visit, found, now)
  }

  async create(visit: Visit, draft: Draft): Promise<Kept> {
    const dated = since(visit, draft)
    await this.#admit(dated)
    return this.#sealed.create(visit, dated)
  }

  async change(visit: Visit, found: Found, change: Change): Promise<Kept> {
    const draft = since(visit, await change.draft(found))
    const stands = change.reissue ? await this.#replace(found, draft) : !(await this.#reason(found))
    if (stands) return this.#sealed.change(visit, found, { ...change, draft: () => draft })
    // a login stands by itself: without its base it begins a session with nothing carried
    if (change.fresh) return this.create(visit, await change.fresh())
    throw superseded(
      'this session was ended, or got a new id by a login or regenerate, while this request ran.',
    )
  }

  async renew(visit: Visit, found: Found): Promise<Kept> {
    try {
      return (await this.#reason(found)) ? { found } : await this.#sealed.renew(visit, found)
    } catch (error) {
      // a renewal never fails a request; the next one tries again
      this.#settings.emit({ type: 'store-error', reason: (error as Error).message })
      return { found }
    }
  }

  async remove(found: Found): Promise<void> {
    await this.#end(found, 'revoked')
  }

  async reload(found: Found): Promise<Found | undefined> {
    return (await this.#reason(found)) ? undefined : found
  }

  /** Why it is over, if it is; both reasons are looked for at once. */
  async #reason({ id, head }: Found): Promise<Reason | undefined> {
    const { owner, authenticatedAt = 0 } = head
    const [reason, barred] = await Promise.all([
      this.#denylist.reason({ id, owner }),
      owner !== undefined && this.#notBefore.bars(owner, id, authenticatedAt),
    ])
    return reason ?? (barred ? 'revoked' : undefined)
  }

  /** The former seal ends before the new one is told: of requests at once that would replace it, one does. */
  async #replace(found: Found, draft: Draft): Promise<boolean> {
    await this.#admit(draft, found.id)
    return this.#end(found, 'superseded')
  }

  #end(found: Found, reason: Reason): Promise<boolean> {
    const { id, head } = found
    return this.#denylist.end({ id, owner: head.owner }, reason, absoluteEnd(this.#settings, head))
  }

  /** Was everything revoked since this login's request began? Who is spared stays so under a new id. */
  async #admit({ id, head }: Draft, former?: string): Promise<void> {
    const { owner, authenticatedAt = 0 } = head
    if (owner === undefined || !(await this.#notBefore.bars(owner, id, authenticatedAt))) return
    const spared = former !== undefined && !(await this.#notBefore.bars(owner, former, authenticatedAt))
    if (spared) return this.#notBefore.rename(owner, former, id)
    throw superseded('all sessions of this user were ended meanwhile. Ask for the credentials again.')
  }
}

/**
 * A login counts from the start of its request: so it is barred by whatever was revoked since the password was checked.
 * Who moves in from another library has proved nothing, and is barred by whatever was revoked.
 */
function since({ startedAt }: Visit, draft: Draft): Draft {
  return draft.login && draft.head.authenticatedAt !== undefined
    ? { ...draft, head: { ...draft.head, authenticatedAt: startedAt } }
    : draft
}

function superseded(why: string): SessionError {
  return new SessionError('superseded', `Nothing was saved: ${why}`)
}
