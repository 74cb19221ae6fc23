import { describe, expect, it } from 'vitest'
import { type PostgresStore, postgresStore } from '../../src/postgres.ts'
import { freshId } from '../../src/testing/contract-names.ts'
import { installed } from '../services.ts'
import { CLIENTS, type Connected } from './postgres-clients.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from './postgres-server.ts'
import { later, type Rival, ROUNDS, shuffled, testRaces } from './race-suite.ts'

async function rival(kind: string, server: PostgresServer): Promise<Rival<PostgresStore>> {
  const { client, end } = CLIENTS[kind]?.(server) as Connected
  await postgresStore(client).migrate()
  return { store: (clock = Date.now) => postgresStore(client, { clock }), end }
}

describe.runIf(installed(...PROGRAMS))('connections that race', () => {
  const stores = testRaces(
    startPostgres,
    (server) => Promise.all(['pg', 'postgres', 'pg'].map((kind) => rival(kind, server))),
    60_000,
  )

  it('create an expired id once, while it is swept', async () => {
    const rivals = stores()
    for (let round = 0; round < ROUNDS; round++) {
      const [id, made] = [freshId(), [] as boolean[]]
      await rivals[0].create(id, 'x', new Date(round))
      const create = async (store: PostgresStore): Promise<unknown> =>
        made.push(await store.create(id, 'y', later()))
      await Promise.all(
        shuffled(round, [
          () => create(rivals[0]),
          () => rivals[1].sweep(9),
          () => create(rivals[1]),
          () => create(rivals[2]),
        ]),
      )
      expect(made.filter(Boolean), `round ${round}`).toHaveLength(1)
      expect(await rivals[0].get(id), `round ${round}`).toMatchObject({ value: 'y', version: 1 })
    }
  }, 60_000)
})
