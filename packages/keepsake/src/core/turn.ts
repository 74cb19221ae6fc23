import type { Done, Lease } from './lease.ts'

const FIRST_WAIT = 10
const LONGEST_WAIT = 200

/** One caller of `exclusive`: what it has seen of the others, by its own clock alone. */
export class Turn {
  readonly #startedAt: number
  readonly #version: number
  readonly #patience: number
  #watched: { readonly run: string; readonly since: number } | undefined
  #met = false
  #pauses = 0

  /**
   * @param startedAt when its request began, ms since the epoch
   * @param version of the session that it loaded
   * @param patience how long it watches one run, ms
   */
  constructor(startedAt: number, version: number, patience: number) {
    this.#startedAt = startedAt
    this.#version = version
    this.#patience = patience
  }

  /** Whether that run ended after this caller came: it met the run, or began before its end, or knows less than the run wrote. */
  mayHave({ at, version }: Done): boolean {
    return this.#met || this.#startedAt < at || this.#version < version
  }

  /** Whether somebody runs, and has not been watched for longer than a run may take. */
  mustWait({ run }: Lease, now: number): boolean {
    if (run === undefined) return false
    this.#met = true
    if (this.#watched?.run !== run) this.#watched = { run, since: now }
    return now < this.#watched.since + this.#patience
  }

  /** Another caller was faster. */
  lost(): void {
    this.#met = true
  }

  /** How long to wait before the next look, ms. */
  pause(): number {
    return Math.min(FIRST_WAIT * 2 ** this.#pauses++, LONGEST_WAIT)
  }
}
