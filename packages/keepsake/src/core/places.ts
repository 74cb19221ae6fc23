import type { Draft } from './backing.ts'
import { SessionError } from './errors.ts'
import type { ListedSession, Owners } from './owners.ts'
import { type Settings, SKEW } from './settings.ts'

const PAGE = 100

/**
 * How many sessions an owner may have. There is no count that could be wrong: a login writes its record, then lists,
 * and ends whatever is older than the newest few. Of logins at once, the last to list sees all the others.
 */
export class Places {
  readonly #owners: Owners
  readonly #settings: Settings
  readonly #limit: number

  constructor(owners: Owners, settings: Settings, limit: number) {
    this.#owners = owners
    this.#settings = settings
    this.#limit = limit
  }

  /** The login, dated after all that its owner has: servers' clocks differ, and the latest to come is the one to stay. */
  async dated(draft: Draft): Promise<Draft> {
    const { head, login } = draft
    if (!login || head.owner === undefined) return draft
    const newest = Math.max(0, ...(await this.#live(head.owner)).map((session) => this.#order(session)))
    return { ...draft, head: { ...head, createdAt: Math.max(head.createdAt, newest + 1) } }
  }

  /** Gives the login of this id, whose record is written, a place, and ends those that have none any more. */
  async take(owner: string, id: string): Promise<void> {
    const sessions = await this.#live(owner)
    sessions.sort((a, b) => this.#order(b) - this.#order(a) || (a.id < b.id ? 1 : -1))
    for (const { id } of sessions.slice(this.#limit)) await this.#owners.end(id)
    if (sessions.slice(0, this.#limit).some((session) => session.id === id)) return
    throw new SessionError(
      'superseded',
      `This login did not stand: others of this user came at the same moment, and maxSessions is ${this.#limit}.`,
    )
  }

  /** What a broken clock has dated beyond all tolerance opens nowhere, so it is the first to go. */
  #order({ createdAt }: ListedSession): number {
    return createdAt > this.#settings.now() + SKEW ? 0 : createdAt
  }

  async #live(owner: string): Promise<ListedSession[]> {
    const sessions: ListedSession[] = []
    for (;;) {
      const page = await this.#owners.list(owner, PAGE, sessions.at(-1)?.id)
      sessions.push(...page)
      if (page.length < PAGE) return sessions
    }
  }
}

/** @throws {SessionError} `config` where a limit could not be kept. */
export function placesFor(
  limit: number | undefined,
  owners: Owners | undefined,
  settings: Settings,
): Places | undefined {
  if (limit === undefined) return undefined
  if (!(Number.isSafeInteger(limit) && limit > 0)) {
    throw new SessionError('config', 'maxSessions is a whole number from 1.')
  }
  if (owners?.listable && owners.strong) return new Places(owners, settings, limit)
  throw new SessionError('config', 'maxSessions needs a store that lists by owner, with strong consistency.')
}
