import type { AtRest, Holder, KeyRing, Line, Lock, Seat } from './core/at-rest.ts'
import { randomBytes } from './core/bytes.ts'
import { handOut, openers } from './core/line.ts'
import { closeBox, openBox, type Place } from './encrypt-at-rest/box.ts'
import { unwrap, wrap } from './encrypt-at-rest/wrap.ts'

export type { AtRest } from './core/at-rest.ts'

/**
 * Encrypts data and flash of stored records under a random key of each record, which is wrapped for the tokens that
 * open it: a copy of the store reads nothing without a visitor's cookie, and, where the manager has `secrets`, those too.
 * Owner, label and times stay readable, so that `list` works. Records from before open, and are encrypted at
 * their next write.
 *
 * @example
 * new SessionManager({ secrets, store, encryptAtRest: encryptAtRest() })
 */
export function encryptAtRest(): AtRest {
  return {
    async open(ring, found, holder) {
      const { closed, ...seat } = found.seat as Seat
      if (!closed || !holder) return { failure: 'malformed' }
      const place = { ring, id: found.id, ...seat }
      const { wraps, box } = closed
      const dataKey = await unwrap(place, holder, wraps[holder.verifier])
      if ('failure' in dataKey) return dataKey
      const contents = await openBox(place, dataKey, box)
      if (!contents) return { failure: 'malformed' }
      return { ...found, ...contents, seat: { ...seat, lock: { dataKey, wraps, holder } } }
    },

    async close(ring, draft, seat, holder, now) {
      if (!holder) return undefined
      const place = { ring, id: draft.id, ...seat }
      const lock = await lockFor(
        place,
        openers(seat.line, now),
        await holders(ring, seat.line, holder),
        seat.lock,
      )
      if (!lock) return undefined
      return { lock, closed: { wraps: lock.wraps, box: await closeBox(place, lock.dataKey, draft) } }
    },
  }
}

/** Whoever holds the current secret knows the pending one, too. */
async function holders(
  ring: KeyRing | undefined,
  line: Line,
  holder: Holder,
): Promise<[Holder, ...Holder[]]> {
  if (!line.pending || holder.verifier !== line.verifier) return [holder]
  const token = await handOut({ ring }, line, holder.token)
  return token ? [holder, { token, verifier: line.pending.verifier }] : [holder]
}

/**
 * The lock for all who may open the record. It stays as long as nobody has to be kept out: a secret that opens
 * nothing any more, by a login or after its grace, still knows the data key, so that is changed as soon as all who
 * are left can be given another.
 */
function lockFor(
  place: Place,
  verifiers: readonly string[],
  known: readonly [Holder, ...Holder[]],
  before: Lock | undefined,
): Promise<Lock> | undefined {
  const entitled = known.filter(({ verifier }) => verifiers.includes(verifier))
  const all = entitled.length === verifiers.length
  const outdated = Object.keys(before?.wraps ?? {}).some((verifier) => !verifiers.includes(verifier))
  if (before && !(all && outdated)) return shared(place, before, entitled)
  return all ? shared(place, { dataKey: randomBytes(32), wraps: {}, holder: known[0] }, entitled) : undefined
}

/** The same data key, for these holders too. */
async function shared(place: Place, lock: Lock, holders: readonly Holder[]): Promise<Lock> {
  const wraps = { ...lock.wraps }
  for (const holder of holders) wraps[holder.verifier] ??= await wrap(place, holder, lock.dataKey)
  return { ...lock, wraps }
}
