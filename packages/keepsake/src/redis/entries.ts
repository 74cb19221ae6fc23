/** An owner's entry for a record, and until when it is kept: ms since the epoch. */
export interface Entry {
  readonly owner: string
  readonly kept: number
}

const MOST = 10_000

/**
 * The entries that this process has lately seen written, by id, so that one is not written again at each change.
 * No more than a hint: the server compares it with the record.
 */
export class SeenEntries {
  readonly #entries = new Map<string, Entry>()

  get(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  /** Whether an owner has an entry for a record that expires then. */
  covers(id: string, owner: string, expires: number): boolean {
    const entry = this.#entries.get(id)
    return entry?.owner === owner && entry.kept >= expires
  }

  set(id: string, entry: Entry): void {
    this.#entries.delete(id)
    if (entry.owner === '') return
    this.#entries.set(id, entry)
    if (this.#entries.size <= MOST) return
    for (const [eldest] of this.#entries) {
      this.#entries.delete(eldest)
      return
    }
  }
}
