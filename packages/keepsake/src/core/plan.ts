/** What a request wants of its session, next to what was there. */
export interface Wish {
  /** A session was found. */
  readonly found: boolean
  /** Any getter or method was used. */
  readonly looked: boolean
  /** `destroy` was called. */
  readonly destroyed: boolean
  /** Another user's `login`, or one after `destroy`: nothing of the former session may stay. */
  readonly apart: boolean
  /** `login`, `regenerate` or `remember`: the client gets a new token. */
  readonly reissue: boolean
  /** `data` or `flash` differ from what was found. */
  readonly changed: boolean
  /** There is something worth keeping: data, flash or an owner. */
  readonly filled: boolean
  /** `renewAfter` has passed since the session was last seen. */
  readonly due: boolean
  /** It is an older session, not kept here yet. */
  readonly moving: boolean
}

/** What to do at the end of a request. */
export type Plan = 'nothing' | 'take' | 'touch' | 'create' | 'change' | 'reissue' | 'remove' | 'replace'

/** Decides; does nothing. No clock, no I/O. */
export function plan(wish: Wish): Plan {
  if (!wish.looked) return 'nothing'
  if (wish.destroyed || wish.apart) return wish.filled ? 'replace' : 'remove'
  if (!wish.found) return wish.filled ? 'create' : 'nothing'
  return wish.moving ? entry(wish) : step(wish)
}

function entry({ changed, reissue, due }: Wish): Plan {
  return changed || reissue || due ? 'take' : 'nothing'
}

function step({ changed, reissue, due }: Wish): Plan {
  if (reissue) return 'reissue'
  if (changed) return 'change'
  return due ? 'touch' : 'nothing'
}
