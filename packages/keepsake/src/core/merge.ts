import type { JsonObject } from './json.ts'

/** Both requests changed one key; what is returned is kept, `undefined` removes the key. */
export type OnConflict = (conflict: {
  /** The top-level key of `data`. */
  readonly key: string
  /** What both began with; `undefined` where there was none. */
  readonly base: unknown
  /** What this request made of it; `undefined` if it removed it. */
  readonly mine: unknown
  /** What the other request saved. */
  readonly theirs: unknown
}) => unknown

export interface Merged {
  readonly data: JsonObject
  /** Keys that only the other request changed. */
  readonly merged: string[]
  /** Keys that both changed. */
  readonly contested: string[]
}

/** This request's changes, key by key, on top of what another one saved. A removal is a change. */
export function merge(
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
  onConflict: OnConflict = ({ mine }) => mine,
): Merged {
  const data: JsonObject = Object.assign(Object.create(null), theirs)
  const there = changes(base, theirs)
  const contested: string[] = []
  for (const key of changes(base, mine)) {
    const both = there.delete(key) && !same(mine[key], theirs[key])
    if (both) contested.push(key)
    const value = both
      ? onConflict({ key, base: base[key], mine: mine[key], theirs: theirs[key] })
      : mine[key]
    if (value === undefined) delete data[key]
    else data[key] = value
  }
  return { data, merged: [...there], contested }
}

function changes(from: JsonObject, to: JsonObject): Set<string> {
  const keys = new Set([...Object.keys(from), ...Object.keys(to)])
  for (const key of keys) if (same(from[key], to[key])) keys.delete(key)
  return keys
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
