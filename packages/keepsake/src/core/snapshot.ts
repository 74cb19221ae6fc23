import { foundIn } from './admission.ts'
import type { Visit } from './backing.ts'
import { equalText, fromBase64url, toBase64url } from './bytes.ts'
import type { CacheLimits } from './cache-options.ts'
import { COOKIE_LIMIT } from './cookie.ts'
import type { KeyRing } from './keys.ts'
import { type Found, type Seat, writeRecord } from './record.ts'
import { type Protection, type SealContent, type SealContext, seal, unseal } from './seal.ts'
import { ended, type Settings } from './settings.ts'
import { snapshotName } from './side-cookies.ts'
import { type Token, verifierOf } from './token.ts'

/** What a store said of a session, and when it was asked, ms since the epoch. */
export interface Snapshot {
  readonly found: Found
  readonly readAt: number
}

/** The sealed bytes of a snapshot: a record as the store had it, with its version, its end, and the time of the read. */
export class Snapshots {
  readonly #settings: Settings
  readonly #ring: KeyRing
  readonly #protection: Protection
  readonly #longest: number

  constructor(settings: Settings, ring: KeyRing, protection: Protection, limits: CacheLimits) {
    this.#settings = settings
    this.#ring = ring
    this.#protection = protection
    this.#longest = limits.maxAge + limits.staleFor
  }

  /** For the holder of the record's current token, and nobody else; `undefined` if browsers would drop it. */
  async seal(visit: Visit, { found, readAt }: Snapshot): Promise<string | undefined> {
    const { head, data, flash } = found
    const { version, line, epoch, audience } = found.seat as Seat
    const content: SealContent = {
      id: fromBase64url(found.id) as SealContent['id'],
      createdAt: Math.min(head.createdAt, readAt),
      issuedAt: readAt,
      // a clock that was set back must not fail the request
      expiresAt: Math.max(head.lastSeenAt + head.idle, readAt + 1),
      revision: version,
      persistent: head.keep !== false,
      json: writeRecord(head, data, flash, { line, epoch, audience }),
    }
    const room = COOKIE_LIMIT - snapshotName(visit.name).length
    // every three bytes become four characters, so what is certain need not be tried
    if (content.json.length * 4 > room * 3) return undefined
    const text = await seal(this.#context(visit), content, this.#settings.now())
    return text.length > room ? undefined : text
  }

  /** The newest one of this visit that was made for this very token; of what does not open nothing is said. */
  async open(visit: Visit, name: string, token: Token): Promise<Snapshot | undefined> {
    const { ring, audience } = this.#settings
    const verifier = await verifierOf({ ring, name, audience }, token)
    let newest: Snapshot | undefined
    for (const text of visit.snapshots ?? []) {
      const snapshot = await this.#read(visit, text, token.id)
      const line = snapshot?.found.seat?.line
      if (!line || !equalText(line.verifier, verifier) || snapshot.readAt < (newest?.readAt ?? 0)) continue
      newest = { ...snapshot, found: entered(snapshot.found, token, verifier) }
    }
    return newest
  }

  async #read(visit: Visit, text: string, id: string): Promise<Snapshot | undefined> {
    const { startedAt: now } = visit
    const opened = await unseal(this.#context(visit), text, now, this.#longest)
    if (!('content' in opened) || toBase64url(opened.content.id) !== id) return undefined
    const { json, revision, expiresAt, issuedAt } = opened.content
    const found = foundIn(this.#settings, id, {
      value: json,
      version: revision,
      expires: new Date(expiresAt),
    })
    if (!found || ended(this.#settings, found, expiresAt, now)) return undefined
    return { found, readAt: issuedAt }
  }

  #context({ name }: Visit): SealContext {
    const { audience } = this.#settings
    return {
      ring: this.#ring,
      name: snapshotName(name),
      purpose: 'snapshot',
      audience,
      protection: this.#protection,
    }
  }
}

function entered(found: Found, token: Token, verifier: string): Found {
  const seat = { ...(found.seat as Seat), entry: { token, verifier, standing: 'current' as const } }
  return { ...found, rank: token.generation, seat }
}
