import type { GivenCookie } from './input.ts'

/** A cookie, and all that is known about it. */
export interface Question {
  readonly cookie: GivenCookie
  /** Those that came with it, by name: its signature, or other parts of it. */
  readonly jar: ReadonlyMap<string, string>
  readonly secrets: readonly string[]
  readonly jwk: string | undefined
  readonly issuer: string | undefined
  readonly name: string | undefined
  readonly audience: string
  readonly purpose: string | undefined
  /** The app's absolute limit, ms. */
  readonly lifetime: number
  /** Ms since the epoch. */
  readonly now: number
}

/** What the cookie is called by default: everywhere, on http://localhost, and with a domain or path. */
export const USUAL_NAMES: readonly string[] = ['__Host-Http-session', 'session', '__Secure-session']

/** What the cookie may be called. */
export function namesFor({ cookie, name }: Question): readonly string[] {
  const said = cookie.name ?? name
  return said === undefined ? USUAL_NAMES : [said]
}
