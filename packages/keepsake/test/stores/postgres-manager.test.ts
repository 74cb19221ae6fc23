import { describe, expect, it } from 'vitest'
import { postgresStore } from '../../src/postgres.ts'
import { installed } from '../services.ts'
import { type App, app, testTwoProcesses } from './manager-suite.ts'
import { counted, freezeAndThaw, testOutage, type Visit } from './outage-suite.ts'
import { CLIENTS, type Connected } from './postgres-clients.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from './postgres-server.ts'

async function open(kind: string, server: PostgresServer): Promise<App> {
  const { client, end } = CLIENTS[kind]?.(server) as Connected
  const store = postgresStore(client)
  await store.migrate()
  return app(store, end)
}

describe.runIf(installed(...PROGRAMS))('an app of two processes on one Postgres', () => {
  testTwoProcesses(
    startPostgres,
    async (server) => [await open('pg', server), await open('postgres', server)],
    60_000,
  )
})

describe.runIf(installed(...PROGRAMS)).each(['pg', 'postgres'])(
  'an outage, through %s',
  { timeout: 60_000 },
  (kind) => {
    const visit = (): Promise<Visit<PostgresServer>> => counted(startPostgres, (server) => open(kind, server))

    testOutage(visit)

    it('is over when the server goes on, or starts anew, and nothing acknowledged is lost', async () => {
      const { server, visitor } = await visit()
      await freezeAndThaw({ server, visitor })
      server.signal('SIGKILL')
      expect(await visitor.text('/')).toBe('store_unavailable')
      await server.restart()
      await expect.poll(() => visitor.text('/'), { timeout: 20_000 }).toBe('ada 1')
      expect(await visitor.text('/count')).toBe('ada 2')
    })
  },
)
