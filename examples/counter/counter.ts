import { type Session, SessionManager } from 'keepsake'

/** What is remembered of a visitor. */
export interface Counter {
  visits: number
}

/** Sealed in the cookie: one secret is all it takes. */
export function counterSessions(secrets: string | undefined): SessionManager<Counter> {
  return new SessionManager<Counter>({ secrets })
}

/** One more visit, whatever runtime it came to. */
export function visits({ data }: Session<Counter>): string {
  data.visits = (data.visits ?? 0) + 1
  return `Visits: ${data.visits}\n`
}
