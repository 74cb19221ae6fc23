import type { Cookie } from './cookie.ts'

/** What the name of a marker ends with. */
export const ENDED = '-ended'

/** The cookie that names, for ten minutes, the ids that a logout ended: a late renewal can't bring them back. */
export function markerOf(cookie: Cookie): Cookie {
  return { ...cookie, name: markerName(cookie.name) }
}

/** @param name of the session's cookie */
export function markerName(name: string): string {
  return name + ENDED
}

/** The cookie that carries the snapshot of a stored session. */
export function snapshotOf(cookie: Cookie): Cookie {
  return { ...cookie, name: snapshotName(cookie.name) }
}

/** @param name of the session's cookie */
export function snapshotName(name: string): string {
  return `${name}-snapshot`
}
