import { type Awaitable, chain, rescue } from './awaitable.ts'
import { SessionError } from './errors.ts'
import type { SealContent } from './seal-content.ts'
import { encrypted } from './seal-encrypted.ts'
import { failed, type Protection, type SealContext, type Unsealed } from './seal-format.ts'
import { signed } from './seal-signed.ts'

export type { SealContent } from './seal-content.ts'
export type { Protection, SealContext, Unsealed } from './seal-format.ts'

/** No browser keeps a cookie of more than 4096 bytes of name and value (RFC 6265bis §5.7). */
const LONGEST_TEXT = 4096

/** The protections that need no door, by the names that the option has for them. */
export const PROTECTIONS: Readonly<Record<'encrypt' | 'sign', Protection>> = {
  encrypt: encrypted,
  sign: signed,
}

/** The content as one text that only this context opens; at once where the engine is. */
export function seal(context: SealContext, content: SealContent, now: number): Awaitable<string> {
  return chain(context.ring.ready(), () => context.protection.seal(context, content, now))
}

/**
 * The content of a text that {@link seal} made at most `lifetime` milliseconds ago, or why not.
 * Never throws for what a client sent; `expiresAt` is for the caller to judge.
 */
export function unseal(
  context: SealContext,
  text: string,
  now: number,
  lifetime: number,
): Awaitable<Unsealed> {
  if (typeof text !== 'string' || text.length > LONGEST_TEXT) return failed('malformed')
  return rescue(
    () => chain(context.ring.ready(), () => context.protection.unseal(context, text, now, lifetime)),
    refuse,
  )
}

/** Broken cryptography opens nothing; a broken configuration is not the client's fault and must be heard of. */
function refuse(error: unknown): Unsealed {
  if (error instanceof SessionError) throw error
  return failed('tampered')
}
