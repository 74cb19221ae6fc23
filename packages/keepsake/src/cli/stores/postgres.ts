import { type PostgresClient, postgresStore } from '../../postgres.ts'
import { usage } from '../failure.ts'
import { type Module, withInstalled } from './client.ts'
import type { OpenStore, Target } from './target.ts'

interface Connected {
  readonly client: PostgresClient
  close(): unknown
}

/** For one command, a server that does not answer at once is down. */
const CONNECT_SECONDS = 5

/** Connects the app's client, pg or postgres. The table is the app's to make. */
export async function openPostgres({ place, table, prefix }: Target): Promise<OpenStore> {
  if (prefix !== undefined) throw usage('--prefix is for Redis; for Postgres there is --table.')
  const { client, close } = await withInstalled<Connected>('Postgres', {
    pg: (module) => pg(module, place),
    postgres: (module) => postgresJs(module, place),
  })
  return { store: postgresStore(client, table === undefined ? {} : { table }), close }
}

async function pg({ Client }: Module, url: string): Promise<Connected> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_SECONDS * 1_000 })
  client.on('error', () => undefined)
  await client.connect()
  return { client, close: () => client.end() }
}

async function postgresJs({ default: postgres }: Module, url: string): Promise<Connected> {
  const client = postgres(url, { max: 1, connect_timeout: CONNECT_SECONDS, onnotice: () => undefined })
  return { client, close: () => client.end({ timeout: 1 }) }
}
