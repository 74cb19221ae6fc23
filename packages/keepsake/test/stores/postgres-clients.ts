import { Pool } from 'pg'
import postgres from 'postgres'
import type { PostgresClient } from '../../src/postgres.ts'
import type { PostgresServer } from './postgres-server.ts'

/** A client, and how to be rid of it. */
export interface Connected {
  readonly client: PostgresClient
  end(): Promise<void>
}

/** How each client of Node is connected to a server, by so many connections at most. */
export const CLIENTS: Readonly<Record<string, (server: PostgresServer, max?: number) => Connected>> = {
  pg: ({ url }, max = 4) => {
    const client = new Pool({ connectionString: url, max })
    client.on('error', () => undefined)
    return { client, end: () => client.end() }
  },
  postgres: ({ url }, max = 4) => {
    const client = postgres(url, { max, prepare: false, fetch_types: false, onnotice: () => undefined })
    return { client, end: () => client.end({ timeout: 1 }) }
  },
}
