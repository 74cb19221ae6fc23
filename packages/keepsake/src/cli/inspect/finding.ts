import { COOKIE_LIMIT } from '../../core/cookie-header.ts'
import type { Paper } from '../paper.ts'
import { type Field, fields, time } from '../table.ts'

/** How it stands with a cookie; all others say why it does not open. */
export type State =
  /** A secret that was given opens it. */
  | 'opens'
  /** A secret that was given made it; what it stands for is in a store. */
  | 'genuine'
  /** Nobody has checked it: there was no secret to do it with. */
  | 'not-verified'
  | 'expired'
  | 'unknown-key'
  | 'tampered'
  | 'malformed'
  | 'does-not-open'

/** What a cookie is; nothing of it is secret. Times are ms since the epoch. */
export interface Finding {
  /** Who reads it: `keepsake`, or the door that does: `keepsake/import/rack`. */
  readonly library: string
  /** What it is, for people. */
  readonly kind: string
  readonly state: State
  /** A secret that was given says so; all else is by the cookie's own word. */
  readonly verified?: true
  /** Why it does not open, and what to do. */
  readonly problem?: string
  readonly remedy?: string
  /** The name that it opened under, where it came without one. */
  readonly name?: string
  readonly keyId?: string
  /** The beginning of the hour whose key sealed it. */
  readonly period?: number
  readonly id?: string
  readonly generation?: number
  readonly createdAt?: number
  readonly issuedAt?: number
  readonly expiresAt?: number
  readonly authenticatedAt?: number
  readonly owner?: string
  readonly label?: string
  readonly data?: unknown
  readonly flash?: unknown
}

/** A finding, and the cookie it is about. */
export interface Report extends Finding {
  readonly cookie?: string
  /** Bytes of name and value. */
  readonly size: number
}

const GOOD: readonly State[] = ['opens', 'genuine', 'not-verified']

/** Whether there is nothing against it, as far as anybody can tell. */
export function isGood({ state }: Finding): boolean {
  return GOOD.includes(state)
}

const WORDS: Readonly<Partial<Record<State, string>>> = {
  opens: 'opens',
  genuine: 'genuine; the session is in the store',
  'not-verified': 'not verified: no secret was given to check it with',
}

const TITLES: Readonly<Partial<Record<keyof Report, string>>> = {
  cookie: 'cookie',
  name: 'opens as',
  kind: 'kind',
  library: 'read by',
  keyId: 'key id',
  period: 'period',
  id: 'id',
  generation: 'generation',
  owner: 'owner',
  label: 'label',
  createdAt: 'created',
  issuedAt: 'issued',
  expiresAt: 'expires',
  authenticatedAt: 'logged in',
  data: 'data',
  flash: 'flash',
}

/** The finding, a value a line. */
export function drawn(paper: Paper, report: Report): string {
  const { state, problem, remedy, size } = report
  const paint = isGood(report) ? (state === 'not-verified' ? 'yellow' : 'green') : 'red'
  const known = Object.entries(TITLES).flatMap(([key, title]) => {
    const value = shown(key, report[key as keyof Report])
    if (value === undefined) return []
    return [{ name: key === 'data' && !report.verified ? 'data, not verified' : title, value }]
  })
  const all: Field[] = [
    ...known.slice(0, 2),
    { name: 'size', value: `${size} of ${COOKIE_LIMIT} bytes`, ...(size > COOKIE_LIMIT && { paint: 'red' }) },
    { name: 'state', value: problem ?? WORDS[state] ?? state, paint },
    ...(remedy ? [{ name: 'remedy', value: remedy }] : []),
    ...known.slice(2),
  ]
  return fields(paper, all)
}

/** The finding for scripts: times as ISO texts. */
export function readable(report: Report): object {
  const entries = Object.entries(report).map(([key, value]) => [key, isTime(key) ? time(value) : value])
  return { ...Object.fromEntries(entries), limit: COOKIE_LIMIT, verified: report.verified === true }
}

function shown(key: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (isTime(key)) return time(value as number)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isTime(key: string): boolean {
  return key === 'period' || key.endsWith('At')
}
