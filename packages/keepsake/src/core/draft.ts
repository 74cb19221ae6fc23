import type { Head, Writable } from './record.ts'
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

type Identity = { readonly [Key in 'owner' | 'authenticatedAt' | 'label']?: Head[Key] | undefined }

/** The head that a base becomes: seen now, and as the request asks. A login starts the absolute lifetime anew. */
export function headOn(settings: Settings, base: Head | undefined, intent: Intent, now: number): Head {
  const { login } = intent
  const keep = intent.keep ?? base?.keep
  const who = login ? { ...login, label: login.label ?? base?.label, authenticatedAt: now } : base
  const head: Writable<Head> = {
    createdAt: login || !base ? now : base.createdAt,
    lastSeenAt: now,
    idle: idleLimit(settings, { keep }),
  }
  if (keep !== undefined) head.keep = keep
  if (settings.version > 0) head.version = settings.version
  if (!login && base?.planted) head.planted = true
  if (base?.bound !== undefined) head.bound = base.bound
  if (who) identify(head, who)
  return head
}

function identify(head: Writable<Head>, { owner, authenticatedAt, label }: Identity): void {
  if (owner !== undefined) head.owner = owner
  if (authenticatedAt !== undefined) head.authenticatedAt = authenticatedAt
  if (label !== undefined) head.label = label
}
