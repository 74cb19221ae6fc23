import { type Awaitable, chain } from './awaitable.ts'
import type { Draft } from './backing.ts'
import { type Found, type Holder, type Seat, writeRecord } from './record.ts'
import type { Failed } from './seal-format.ts'
import type { Settings } from './settings.ts'

/** A record on its way into the store: its text, and the seat that whoever wrote it has from then on. */
export interface Written {
  readonly value: string
  readonly seat: Omit<Seat, 'version'>
}

/** The record with its data and flash, or why they stay closed. */
export function openRecord(
  { ring, atRest }: Settings,
  found: Found,
  holder: Holder | undefined,
): Awaitable<Found | Failed> {
  if (!found.seat?.closed) return found
  return atRest ? atRest.open(ring, found, holder) : { failure: 'malformed' }
}

/**
 * The text of a record, encrypted at rest if that is asked for.
 *
 * @param fresh the holder of a fresh token, where this request has made one
 */
export function closeRecord(
  { ring, atRest, now }: Settings,
  draft: Draft,
  seat: Omit<Seat, 'version'>,
  fresh?: Holder,
  mark?: string,
): Awaitable<Written> {
  const { head, data, flash } = draft
  if (!atRest) return { value: writeRecord(head, data, flash, seat, mark), seat }
  const { lock, ...bare } = seat
  return chain(atRest.close(ring, draft, seat, fresh ?? lock?.holder ?? seat.entry, now()), (kept) => ({
    value: writeRecord(head, data, flash, { ...seat, closed: kept?.closed }, mark),
    seat: kept ? { ...bare, lock: kept.lock } : bare,
  }))
}
