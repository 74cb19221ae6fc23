/** Which ids belong to which owner. Most owners have one, which is kept without a set of its own. */
export class OwnerIndex {
  readonly #ids = new Map<string, string | Set<string>>()

  add(owner: string | undefined, id: string): void {
    if (owner === undefined) return
    const ids = this.#ids.get(owner)
    if (ids === undefined) this.#ids.set(owner, id)
    else if (typeof ids === 'string') this.#ids.set(owner, new Set([ids, id]))
    else ids.add(id)
  }

  remove(owner: string | undefined, id: string): void {
    if (owner === undefined) return
    const ids = this.#ids.get(owner)
    if (ids instanceof Set) ids.delete(id)
    if (ids === id || (ids instanceof Set && ids.size === 0)) this.#ids.delete(owner)
  }

  of(owner: string): Iterable<string> {
    const ids = this.#ids.get(owner) ?? []
    return typeof ids === 'string' ? [ids] : ids
  }
}
