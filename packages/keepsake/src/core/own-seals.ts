import type { Doorway, Reader } from './accept.ts'
import { chain } from './awaitable.ts'
import type { Backing, Change, Draft, Kept, Opened, Taking, Visit } from './backing.ts'
import { BoundedStore } from './bounded-store.ts'
import { type Bytes, frame, utf8 } from './bytes.ts'
import { engine } from './crypto.ts'
import { SessionError } from './errors.ts'
import type { KeyRing } from './keys.ts'
import { Mark } from './mark.ts'
import { untilOf } from './reader.ts'
import type { Found } from './record.ts'
import type { Revocation } from './revocation.ts'
import { PROTECTIONS } from './seal.ts'
import { SealedBacking } from './sealed.ts'
import { absoluteEnd, realmOf } from './settings.ts'
import { writeToken } from './token.ts'

const LABEL = 'keepsake/own-seal'

/** How seals are taken over. */
export interface OwnSealsOptions {
  /** Until when seals are accepted: a `Date`, or an ISO date such as `'2027-03-31'`; later than `lifetime` from now none is left. Required. */
  readonly until: Date | string
  /** What `protection` the seals were made with. @default 'encrypt' */
  readonly protection?: 'encrypt' | 'sign'
  /** The list of what has ended, if the seals had one: `revocation(store)` again. @default none */
  readonly revocation?: Revocation
}

/**
 * Opens what a manager sealed before it was given a `store`, so that nobody is logged out by that.
 *
 * ```ts
 * new SessionManager({ secrets, store, accept: [ownSeals({ until: '2027-03-31' })] })
 * ```
 *
 * A session keeps its id, owner and times. Its first write brings it into the store, and its client gets a token in
 * place of the seal. Until the date a copy of the seal opens it too, unless the session has ended or got a new token.
 *
 * @throws {SessionError} `config` when `until` is no date, or `revocation` no list.
 */
export function ownSeals(options: OwnSealsOptions): Reader<never> {
  const { until, protection = 'encrypt', revocation } = options
  if (revocation !== undefined && typeof revocation.over !== 'function')
    throw new SessionError(
      'config',
      'ownSeals: revocation is what revocation(store) of keepsake/revocation returns.',
    )
  const made: Reader<never> = {
    until: untilOf('ownSeals', until),
    once: true,
    cookies: [],
    read: () => undefined,
    open: () => undefined,
    openOwn: (doorway, visit, name, value) => {
      // the first byte of a seal is 1 or 2, that of a token 3
      if (!/^A[Q-Za-v]/.test(value)) return undefined
      const seals = sealsOf(doorway, protection, revocation)
      return chain(seals.open(visit, name, value), (opened) =>
        opened.found ? new OwnSeal(doorway, visit, opened.found, made.until, seals).open() : opened,
      )
    },
  }
  return made
}

type Wanted = Parameters<Taking['take']>

/** What opened seals before there was a store. */
function sealsOf(
  { settings, storeTimeout }: Doorway,
  protection: 'encrypt' | 'sign',
  revocation: Revocation | undefined,
): Backing {
  const seals = new SealedBacking(settings, settings.ring as KeyRing, PROTECTIONS[protection])
  if (!revocation) return seals
  return revocation.over(seals, new BoundedStore(revocation.store, storeTimeout), settings).backing
}

/** A session that opened as a seal, on its way into the store. */
class OwnSeal {
  readonly #doorway: Required<Doorway>
  readonly #visit: Visit
  readonly #found: Found
  readonly #until: number
  readonly #seals: Backing

  constructor(doorway: Doorway, visit: Visit, found: Found, until: number, seals: Backing) {
    this.#doorway = doorway as Required<Doorway>
    this.#visit = visit
    this.#found = found
    this.#until = until
    this.#seals = seals
  }

  async open(): Promise<Opened> {
    const mark = await this.#mark()
    if (await mark.read()) return this.#present()
    const { id, head } = this.#found
    const { owners } = this.#doorway
    if (head.owner !== undefined && (await owners?.bars(head.owner, id, head.createdAt)))
      return { outcome: 'revoked', facts: { id } }
    return { found: this.#found, taking: this.#entry(mark) }
  }

  /** In the store already: what is there counts, and whoever still shows the seal is handed the token. */
  async #present(): Promise<Opened> {
    const opened = await this.#record()
    if (!opened.found) {
      const { outcome, facts } = opened
      return { outcome: outcome === 'reused' ? 'superseded' : outcome, facts }
    }
    const { found } = opened
    const take: Taking['take'] = (...wanted) => this.#change(...wanted)
    return { found, taking: { atOnce: true, take, end: () => this.#doorway.backing.remove(found) } }
  }

  #entry(mark: Mark): Taking {
    const { backing, settings } = this.#doorway
    const take: Taking['take'] = async (...wanted) =>
      // it may have ended since it was opened
      (await this.#seals.reload(this.#found)) && this.#enter(mark, ...wanted)
    const end = async (): Promise<void> => {
      await mark.claim('', settings.now())
      await backing.remove(this.#found)
      await this.#seals.remove(this.#found)
    }
    return { atOnce: false, take, end }
  }

  /** The record first, then the mark: a crash between them costs nothing. Whoever finds the mark of another record came too late. */
  async #enter(mark: Mark, ...[visit, found, change, changed]: Wanted): Promise<Kept | undefined> {
    const { backing, settings, stored } = this.#doorway
    const draft = await change.draft(found)
    const created = await stored?.createOnce(...entering(visit, draft), await this.#secret())
    const { found: there } = created ?? (await this.#record())
    const epoch = there?.seat?.epoch
    if (!there || epoch === undefined) return undefined
    if ((await mark.claim(epoch, settings.now())) === epoch)
      return created
        ? this.#reissued(visit, created, draft, change)
        : this.#change(visit, there, change, changed)
    if (created) await backing.remove(there)
    return undefined
  }

  /** After a login or regenerate the seal must open nothing. */
  async #reissued(visit: Visit, created: Kept, draft: Draft, change: Change): Promise<Kept> {
    if (!change.reissue) return created
    const { found } = created
    const again: Change = { ...change, draft: (base) => (base === found ? draft : change.draft(base)) }
    return this.#doorway.backing.change(visit, found, again)
  }

  async #change(visit: Visit, found: Found, change: Change, changed: boolean): Promise<Kept> {
    const kept = changed ? await this.#doorway.backing.change(visit, found, change) : { found }
    if (kept.value !== undefined) return kept
    return {
      ...kept,
      value: await this.#token(),
      until: absoluteEnd(this.#doorway.settings, kept.found.head),
    }
  }

  /** The record, by the token that the seal stands for. */
  async #record(): Promise<Opened> {
    return this.#doorway.backing.open(this.#visit, this.#visit.name, await this.#token())
  }

  async #token(): Promise<string> {
    const { settings } = this.#doorway
    const { id, head } = this.#found
    const token = { id, generation: 0, issuedAt: head.lastSeenAt, secret: await this.#secret() }
    return writeToken(realmOf(settings, this.#visit.name), token)
  }

  /** The same for whoever shows a seal of this session, so that parallel requests agree. */
  async #secret(): Promise<Bytes> {
    const { first } = this.#doorway.settings.ring as KeyRing
    return first.engine.mac(await first.mac(LABEL), utf8(this.#found.id))
  }

  async #mark(): Promise<Mark> {
    const { store, settings } = this.#doorway
    const name = await engine().sha256(frame(LABEL, settings.audience, this.#found.id))
    return new Mark(store as NonNullable<typeof store>, name, this.#until)
  }
}

/** Whoever comes without a login is held up by every revocation since the last one. */
function entering(visit: Visit, draft: Draft): [Visit, Draft] {
  return draft.login
    ? [visit, draft]
    : [
        { ...visit, startedAt: draft.head.createdAt },
        { ...draft, login: true },
      ]
}
