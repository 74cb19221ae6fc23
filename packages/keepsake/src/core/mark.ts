import type { BoundedStore } from './bounded-store.ts'

/** What a mark says. */
export interface Marked {
  /** The session that took the older one over; empty if it was ended instead. */
  readonly by: string
  /** When, ms since the epoch. */
  readonly at: number
}

/**
 * Remembers that an older session was taken over or ended, so that a copy of its cookie opens nothing more: an
 * ordinary record, made once, under a hash of what was opened.
 */
export class Mark {
  readonly #store: BoundedStore
  readonly #id: string
  readonly #until: number

  /** @param until when it may be forgotten, ms since the epoch */
  constructor(store: BoundedStore, id: string, until: number) {
    this.#store = store
    this.#id = id
    this.#until = until
  }

  async read(): Promise<Marked | undefined> {
    const stored = await this.#store.get(this.#id)
    return stored ? (JSON.parse(stored.value) as Marked) : undefined
  }

  /** Sets the mark, unless it is set; says who has it then. */
  async claim(by: string, at: number): Promise<string> {
    const value = JSON.stringify({ by, at } satisfies Marked)
    if (await this.#store.create(this.#id, value, new Date(this.#until))) return by
    return (await this.read())?.by ?? by
  }
}
