/** What the memory store keeps of a session. */
export interface Packed {
  /** Milliseconds since the epoch. */
  readonly expires: number
  /** The store's count of reorderings when this record was last put at the end. */
  readonly placed: number
  readonly version: number
  readonly owner?: string | undefined
  readonly value: string
}

/** One flat text, `expires.placed.version.length.ownervalue`: a sixth of what an object with these fields takes. */
export function pack({ expires, placed, version, owner, value }: Packed): string {
  const length = owner === undefined ? '' : owner.length.toString(36)
  // join, not +: it copies, so a value cut from a longer text does not keep that alive
  return [
    expires.toString(36),
    placed.toString(36),
    version.toString(36),
    length,
    (owner ?? '') + value,
  ].join('.')
}

/** What {@link pack} was given. */
export function unpack(text: string): Packed {
  const [first, second, third, fourth] = dots(text)
  const length = fourth === third + 1 ? undefined : integer(text.slice(third + 1, fourth))
  const value = fourth + 1 + (length ?? 0)
  return {
    expires: expiry(text),
    placed: integer(text.slice(first + 1, second)),
    version: integer(text.slice(second + 1, third)),
    owner: length === undefined ? undefined : text.slice(fourth + 1, value),
    value: text.slice(value),
  }
}

/** When a packed record expires, without taking it apart. */
export function expiry(text: string): number {
  return integer(text.slice(0, text.indexOf('.')))
}

function dots(text: string): [number, number, number, number] {
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  const third = text.indexOf('.', second + 1)
  return [first, second, third, text.indexOf('.', third + 1)]
}

function integer(digits: string): number {
  return Number.parseInt(digits, 36)
}
