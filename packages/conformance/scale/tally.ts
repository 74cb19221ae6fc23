/** Something that was acknowledged and is not so any more: of which session, and when it was acknowledged. */
export interface Loss {
  readonly id: string
  /** ms since the epoch */
  readonly at: number
}

/** What all clients have seen. */
export class Tally {
  /** Answers of the app. */
  requests = 0
  /** Writes that were answered: logins, changes, logouts. */
  acknowledged = 0
  /** Answered by 503, or not at all: the client knows nothing. */
  unanswered = 0
  /** Changes that were acknowledged, and are not in the session any more. */
  readonly lost: Loss[] = []
  /** Changes that were counted twice. */
  twice = 0
  /** Logouts that were acknowledged. */
  left = 0
  /** Sessions that open by a cookie from before their logout. */
  readonly resurrected: Loss[] = []
  /** Answers that carried what is another client's. */
  crossed = 0
  /** Clients that found themselves anonymous, though they had not logged out. */
  readonly loggedOut: Loss[] = []
  /** Why there was no answer, how often. */
  readonly refusals: Record<string, number> = {}

  refused(why: string): void {
    // ports and keys differ
    const kind = why.replace(/\d+(\.\d+)+|\d+/g, 'N').slice(0, 80)
    this.unanswered++
    this.refusals[kind] = (this.refusals[kind] ?? 0) + 1
  }
}
