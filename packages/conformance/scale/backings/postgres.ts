import { Pool } from 'pg'
import { startPostgres } from '../../../keepsake/test/stores/postgres-server.ts'
import { startApps } from '../apps.ts'
import type { Backing } from './backing.ts'

const SIZES = `select count(*) as rows, sum(length(value))::float / count(*) as text,
  pg_relation_size('sessions') as heap, pg_indexes_size('sessions') as indexes from sessions`

/** A Postgres that is killed with all its processes, and started again on what it has kept. */
export async function postgres(): Promise<Backing> {
  const server = await startPostgres()
  const apps = await startApps({ postgres: server.url, connections: 8 }).catch(async (error) => {
    await server.stop()
    throw error
  })
  return {
    apps,
    disturb: async () => {
      const killed = Date.now()
      server.signal('SIGKILL')
      await server.restart()
      return `killed, and back after ${Date.now() - killed} ms`
    },
    reason: async () => undefined,
    sizes: () => measured(server.url),
    stop: () => server.stop(),
  }
}

async function measured(url: string): Promise<string> {
  const pool = new Pool({ connectionString: url, max: 1 })
  try {
    const used = JSON.stringify((await pool.query(SIZES)).rows[0])
    await pool.query('vacuum full sessions')
    return `after the run ${used}; after vacuum full ${JSON.stringify((await pool.query(SIZES)).rows[0])}`
  } finally {
    await pool.end()
  }
}
