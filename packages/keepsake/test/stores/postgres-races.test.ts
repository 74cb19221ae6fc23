import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresStore, postgresStore } from '../../src/postgres.ts'
import { freshId, freshOwner } from '../../src/testing/contract-names.ts'
import { installed } from '../services.ts'
import { CLIENTS, type Connected } from './postgres-clients.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from './postgres-server.ts'

const ROUNDS = 1_000
const later = (): Date => new Date(Date.now() + 86_400_000)

describe.runIf(installed(...PROGRAMS))('connections that race', () => {
  let server: PostgresServer
  let connections: Connected[] = []
  let rivals: [PostgresStore, PostgresStore, PostgresStore]

  beforeAll(async () => {
    server = await startPostgres()
    const connect = ['pg', 'postgres', 'pg'].map((name) => CLIENTS[name]?.(server))
    connections = connect.flatMap((connected) => connected ?? [])
    await Promise.all(connections.map(({ client }) => postgresStore(client).migrate()))
    rivals = connections.map(({ client }) => postgresStore(client)) as typeof rivals
  }, 60_000)

  afterAll(async () => {
    for (const connection of connections) await connection.end()
    await server.stop()
  })

  it('lose no count', async () => {
    const id = freshId()
    await rivals[0].create(id, '0', later())
    const counts = await Promise.all(rivals.map((store) => count(store, id, ROUNDS)))
    expect(counts).toEqual([ROUNDS, ROUNDS, ROUNDS])
    expect(await rivals[0].get(id)).toMatchObject({ value: `${3 * ROUNDS}`, version: 3 * ROUNDS + 1 })
  }, 60_000)

  it('create an id once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = freshId()
      const made = await Promise.all(rivals.map((store) => store.create(id, 'the same', later())))
      expect(made.filter(Boolean), `round ${round}`).toHaveLength(1)
    }
  }, 60_000)

  it('create an expired id once, while it is swept', async () => {
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

  it('update a version once', async () => {
    const id = freshId()
    await rivals[0].create(id, 'x', later())
    for (let version = 1; version <= ROUNDS; version++) {
      const made = await Promise.all(rivals.map((store) => store.update(id, 'the same', later(), version)))
      expect(made.filter(Boolean), `version ${version}`).toHaveLength(1)
    }
  }, 60_000)

  it('bring nothing back that one of them deleted', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [id, owner] = [freshId(), freshOwner()]
      await rivals[0].create(id, 'x', later(), owner)
      await Promise.all(
        shuffled(round, [
          () => rivals[0].touch(id, later(), 1),
          () => rivals[1].delete(id),
          () => rivals[2].update(id, 'y', later(), 1, owner),
        ]),
      )
      expect([await rivals[0].get(id), await rivals[2].list(owner, 9)], `round ${round}`).toEqual([null, []])
    }
  }, 60_000)

  it('list whatever lives, also where an id is deleted, created anew and given an owner at once', async () => {
    const owner = freshOwner()
    for (let round = 0; round < ROUNDS; round++) {
      const id = freshId()
      await rivals[0].create(id, 'x', later(), owner)
      await Promise.all(
        shuffled(round, [
          () => rivals[0].delete(id),
          () => rivals[1].create(id, 'y', later(), owner),
          () => rivals[2].update(id, 'z', later(), 1, owner),
          () => rivals[2].delete(id),
          () => rivals[0].create(id, 'z', later(), owner),
        ]),
      )
      const lives = (await rivals[1].get(id)) !== null
      expect(
        (await rivals[2].list(owner, 9)).map((listed) => listed.id),
        `round ${round}`,
      ).toEqual(lives ? [id] : [])
      await rivals[1].delete(id)
    }
  }, 60_000)
})

/** Adds 1 so often, each time to what it has read. */
async function count(store: PostgresStore, id: string, times: number): Promise<number> {
  let counted = 0
  while (counted < times) {
    const record = await store.get(id)
    if (record && (await store.update(id, `${Number(record.value) + 1}`, later(), record.version))) counted++
  }
  return counted
}

/** Starts all, a different one first each round. */
function shuffled(round: number, calls: readonly (() => Promise<unknown>)[]): Promise<unknown>[] {
  return [...calls.slice(round % calls.length), ...calls.slice(0, round % calls.length)].map((call) => call())
}
