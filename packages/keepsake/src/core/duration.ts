import { SessionError } from './errors.ts'

/** A number of seconds, or a whole number with a unit: `'90s'`, `'30m'`, `'12h'`, `'30d'`. From 1 second to 400 days. */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd'}`

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Browsers clamp a cookie's age to 400 days (RFC 6265bis §5.6.2), so nothing here lasts longer. */
export const LONGEST: number = 400 * 86_400_000

/** A duration in milliseconds. @throws {SessionError} `config` when it is no duration, not whole milliseconds, not in 1 s to 400 d. */
export function milliseconds(option: string, duration: Duration): number {
  const ms = typeof duration === 'number' ? duration * 1_000 : parse(duration)
  if (Number.isSafeInteger(ms) && ms >= 1_000 && ms <= LONGEST) return ms
  const shown = typeof duration === 'string' ? JSON.stringify(duration) : String(duration)
  throw new SessionError(
    'config',
    `${option}: expected seconds as a number, or '90s', '30m', '12h', '30d', from 1 second to 400 days; got ${shown}`,
  )
}

function parse(text: unknown): number {
  const match = typeof text === 'string' ? /^(\d+)([smhd])$/.exec(text) : null
  return match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN) : Number.NaN
}
