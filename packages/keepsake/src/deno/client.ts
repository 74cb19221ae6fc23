type Key = readonly string[]

/** What is used of an entry of Deno KV; without a versionstamp there is none. */
export interface DenoKvEntry {
  readonly key: readonly unknown[]
  readonly value: unknown
  readonly versionstamp: string | null
}

/** What is used of an atomic operation. */
export interface DenoKvAtomic {
  check(...checks: { key: Key; versionstamp: string | null }[]): DenoKvAtomic
  set(key: Key, value: unknown, options: { expireIn: number }): DenoKvAtomic
  delete(key: Key): DenoKvAtomic
  commit(): Promise<{ readonly ok: boolean }>
}

/** What is used of `Deno.Kv`. */
export interface DenoKv {
  get(key: Key): Promise<DenoKvEntry>
  list(selector: { prefix: Key; start: Key }, options: { limit: number }): AsyncIterable<DenoKvEntry>
  atomic(): DenoKvAtomic
}
