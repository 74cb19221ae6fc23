import { type Awaitable, chain } from './awaitable.ts'
import type { Opened } from './backing.ts'
import type { BoundedStore } from './bounded-store.ts'
import { standing } from './line.ts'
import type { Facts } from './outcome.ts'
import { type Found, headOf, readRecord, type Seat } from './record.ts'
import { openRecord } from './records.ts'
import { refused } from './refused.ts'
import { ended, endOf, realmOf, type Settings, SKEW } from './settings.ts'
import type { Stored } from './store.ts'
import { readToken, type Token, verifierOf } from './token.ts'

/** Lets tokens in: each opens the record of its session, or says why not. */
export class Admission {
  readonly #settings: Settings
  readonly #store: BoundedStore
  readonly #eventual: boolean

  constructor(settings: Settings, store: BoundedStore, eventual: boolean) {
    this.#settings = settings
    this.#store = store
    this.#eventual = eventual
  }

  /** At once where engine and store are. */
  open(name: string, value: string, now: number): Awaitable<Opened> {
    return chain(readToken(realmOf(this.#settings, name), value), (token) => {
      if ('failure' in token) return refused(token, this.#settings.ring)
      return chain(this.#store.get(token.id), (stored) => this.#met(name, token, stored, now))
    })
  }

  #met(name: string, token: Token, stored: Stored | null, now: number): Awaitable<Opened> {
    if (!stored) return this.#absent(token, now)
    const { id } = token
    const found = foundIn(this.#settings, id, stored)
    if (!found || found.head.createdAt > now + SKEW) return { outcome: 'malformed', facts: { id } }
    return this.#admit(name, token, found, stored.expires.getTime(), now)
  }

  #admit(name: string, token: Token, found: Found, expires: number, now: number): Awaitable<Opened> {
    return chain(verifierOf(realmOf(this.#settings, name), token), (verifier) =>
      this.#judged(verifier, token, found, expires, now),
    )
  }

  #judged(verifier: string, token: Token, found: Found, expires: number, now: number): Awaitable<Opened> {
    const { id, head } = found
    const seat = found.seat as Seat
    const how = standing(seat.line, token, verifier, this.#settings.ring !== undefined, now)
    if (how === 'current' || how === 'pending' || how === 'former') {
      const entered: Found = {
        ...found,
        rank: token.generation,
        seat: { ...seat, entry: { token, verifier, standing: how } },
      }
      const outcome = ended(this.#settings, found, expires, now)
      if (!outcome) return this.#opened(entered)
      const { createdAt, lastSeenAt } = head
      return {
        outcome,
        facts: { id, createdAt, lastSeenAt, endedAt: Math.min(expires, endOf(this.#settings, head)) },
        remains: entered,
      }
    }
    const facts = this.#facts(token, how === 'ahead')
    return { outcome: how === 'ahead' ? 'unknown' : how, facts, ...(how === 'reused' && { remains: found }) }
  }

  #opened(entered: Found): Awaitable<Opened> {
    return chain(openRecord(this.#settings, entered, entered.seat?.entry), (found) => {
      if (!('failure' in found)) return { found }
      const { outcome, facts } = refused(found, this.#settings.ring)
      return { outcome, facts: { ...facts, id: entered.id }, remains: entered }
    })
  }

  #facts({ id, issuedAt }: Token, ahead: boolean): Facts {
    return ahead ? { id, issuedAt, ahead } : { id, issuedAt }
  }

  /** Stores forget what has expired, so the cause of an absence is told as far as the token's age shows it. */
  #absent({ id, issuedAt }: Token, now: number): Opened {
    const { lifetime, idleTimeout } = this.#settings
    const facts = { id, issuedAt }
    if (now >= issuedAt + lifetime) return { outcome: 'expired-absolute', facts }
    if (this.#eventual && now < issuedAt + SKEW) return { outcome: 'not-yet-visible', facts }
    const endedAt = issuedAt + idleTimeout
    return { outcome: 'unknown', facts: endedAt <= now ? { ...facts, endedAt } : facts }
  }
}

/** The session a record's text tells of; `null` if it is no record of ours. */
export function foundIn(settings: Settings, id: string, stored: Stored): Found | null {
  const parts = readRecord(stored.value)
  const { c: createdAt, i: idle, e: epoch, t: line, u: audience = '' } = parts?.short ?? {}
  const expires = stored.expires.getTime()
  if (!parts || !isTime(createdAt) || !isTime(idle) || !isTime(expires)) return null
  if (
    !epoch ||
    typeof epoch !== 'string' ||
    typeof line?.verifier !== 'string' ||
    audience !== settings.audience
  )
    return null
  const head = headOf(parts.short, { createdAt, lastSeenAt: expires - idle, idle })
  return {
    id,
    head,
    data: parts.data,
    flash: parts.flash,
    rank: 0,
    seat: {
      version: stored.version,
      line,
      epoch,
      audience,
      ...(parts.closed && { closed: parts.closed }),
    },
  }
}

function isTime(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
