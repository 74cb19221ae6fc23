import type { Head } from './record.ts'
import { idleLimit, type Settings } from './settings.ts'

/** What a request asks of its session besides its data. */
export interface Intent {
  readonly login?: Login
  /** What `remember` asked for: ms, or `false` to end with the browser. */
  readonly keep?: number | false
}

export interface Login {
  readonly owner: string
  readonly label?: string
  /** Keys of the data that survive; absent for all. */
  readonly keep?: readonly string[]
}

/** The head that a base becomes: seen now, and as the request asks. A login starts the absolute lifetime anew. */
export function headOn(settings: Settings, base: Head | undefined, intent: Intent, now: number): Head {
  const { login } = intent
  const keep = intent.keep ?? base?.keep
  const who = login ? { ...login, label: login.label ?? base?.label, authenticatedAt: now } : base
  return {
    createdAt: login || !base ? now : base.createdAt,
    lastSeenAt: now,
    idle: idleLimit(settings, keep === undefined ? {} : { keep }),
    ...(keep !== undefined && { keep }),
    ...(who?.owner !== undefined && { owner: who.owner }),
    ...(who?.authenticatedAt !== undefined && { authenticatedAt: who.authenticatedAt }),
    ...(who?.label !== undefined && { label: who.label }),
    ...(base && origin(base, login)),
    ...(settings.version > 0 && { version: settings.version }),
  }
}

/** Where a session comes from, as far as it matters still. */
function origin({ planted, bound }: Head, login: Login | undefined): Pick<Head, 'planted' | 'bound'> {
  return { ...(!login && planted && { planted }), ...(bound !== undefined && { bound }) }
}
