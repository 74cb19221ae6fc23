import type { Listed } from './store.ts'

/** Entries that lead nowhere should not make a short page long to find. */
const SMALLEST = 16

/**
 * At most `limit` live records after an id, by way of an index that may name dead ones.
 * `entries` reads the index in ascending order; `look` answers the records that live.
 */
export async function listByIndex<Entry extends { readonly id: string }>(
  limit: number,
  after: string,
  entries: (after: string, size: number) => Promise<readonly Entry[]>,
  look: (entries: readonly Entry[]) => Promise<readonly Listed[]>,
): Promise<Listed[]> {
  const size = Math.max(limit, SMALLEST)
  const listed: Listed[] = []
  let last = after
  for (;;) {
    const page = await entries(last, size)
    listed.push(...(await look(page)))
    if (listed.length >= limit || page.length < size) return listed.slice(0, limit)
    last = page.at(-1)?.id ?? last
  }
}
