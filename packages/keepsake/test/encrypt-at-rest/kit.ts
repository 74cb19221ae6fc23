import { readRecord } from '../../src/core/record.ts'
import { encryptAtRest } from '../../src/encrypt-at-rest.ts'
import type { Store } from '../../src/index.ts'
import { type Bench, bench, type Options } from '../core/kit.ts'

/** A stored bench whose managers encrypt at rest, and rotate every hour. */
export function locked(options: Options = {}): Bench {
  return bench('stored', { encryptAtRest: encryptAtRest(), rotateEvery: '1h', ...options })
}

/** The text of a record. */
export async function textOf(store: Store, id: string): Promise<string> {
  const stored = await store.get(id)
  if (!stored) throw new Error(`There is no record ${id}.`)
  return stored.value
}

/** What stands in a record in place of data and flash. */
export async function closedOf(
  store: Store,
  id: string,
): Promise<{ readonly wraps: Readonly<Record<string, string>>; readonly box: string }> {
  const closed = readRecord(await textOf(store, id))?.closed
  if (!closed) throw new Error(`The record ${id} is not encrypted.`)
  return closed
}

/** Replaces the text of a record behind the manager's back. */
export async function plant(store: Store, id: string, change: (value: string) => string): Promise<void> {
  const stored = await store.get(id)
  if (!stored) throw new Error(`There is no record ${id}.`)
  await store.update(id, change(stored.value), stored.expires, stored.version)
}
