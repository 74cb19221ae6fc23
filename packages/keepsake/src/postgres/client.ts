import { SessionError } from '../core/errors.ts'

/** What a statement is given: text and `null` alone, which every client sends as they are. */
export type PostgresValue = string | null

/** What is used of a `Pool` or `Client` of pg or of Neon's driver, of PGlite, or of what Neon's `neon()` makes. */
export interface QueryingPostgres {
  query(text: string, values: PostgresValue[]): Promise<{ readonly rows: unknown[] } | unknown[]>
}

/** What is used of postgres.js, and of Bun's `SQL`. */
export interface UnsafePostgres {
  unsafe(text: string, values: PostgresValue[]): PromiseLike<unknown[]>
}

/** A client that the store can work with, connected by whoever made it. */
export type PostgresClient = QueryingPostgres | UnsafePostgres

/** Runs a statement; the rows that it returns. */
export type Run = (text: string, values: PostgresValue[]) => Promise<unknown[]>

/** How this client runs statements, all without a name. */
export function runner(client: PostgresClient): Run {
  if ('query' in client) {
    return async (text, values) => {
      const result = await client.query(text, values)
      return 'rows' in result ? result.rows : result
    }
  }
  if ('unsafe' in client) return async (text, values) => await client.unsafe(text, values)
  throw new SessionError(
    'config',
    "postgresStore: expected a client of pg, postgres, Bun, PGlite or Neon: `new Pool()` of 'pg', for example",
  )
}
