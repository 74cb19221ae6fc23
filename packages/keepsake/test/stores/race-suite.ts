import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/core/store.ts'
import { freshId, freshOwner } from '../../src/testing/contract-names.ts'
import { storeRaces } from '../../src/testing/store-races.ts'

/** A connection of its own, stores on it, and how to be rid of it. */
export interface Rival<S> {
  readonly store: (clock?: () => number) => S
  end(): void | Promise<void>
}

/** How often each race is run. */
export const ROUNDS = 1_000

/** Tomorrow. */
export const later = (): Date => new Date(Date.now() + 86_400_000)

/** Tests three connections to one server, which has `timeout` milliseconds to start; gives their stores to more tests. */
export function testRaces<
  Server extends { stop(): Promise<void> },
  S extends Store & Required<Pick<Store, 'list'>>,
>(
  start: () => Promise<Server>,
  connect: (server: Server) => Promise<readonly Rival<S>[]>,
  timeout?: number,
): () => readonly [S, S, S] {
  let server: Server
  let connections: readonly Rival<S>[] = []
  let rivals: [S, S, S]

  beforeAll(async () => {
    server = await start()
    connections = await connect(server)
    rivals = connections.map(({ store }) => store()) as typeof rivals
  }, timeout)

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
  }, 120_000)

  it('create an id once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = freshId()
      const made = await Promise.all(rivals.map((store) => store.create(id, 'the same', later())))
      expect(made.filter(Boolean), `round ${round}`).toHaveLength(1)
    }
  }, 120_000)

  it('update a version once', async () => {
    const id = freshId()
    await rivals[0].create(id, 'x', later())
    for (let version = 1; version <= ROUNDS; version++) {
      const made = await Promise.all(rivals.map((store) => store.update(id, 'the same', later(), version)))
      expect(made.filter(Boolean), `version ${version}`).toHaveLength(1)
    }
  }, 120_000)

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
  }, 120_000)

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
  }, 120_000)

  describe('between managers', () => {
    let next = 0
    const make = (clock: () => number): S => (connections[next++ % 3] as Rival<S>).store(clock)
    for (const { name, run } of storeRaces(make, { connections: 3 })) it(name, run, 120_000)
  })

  return () => rivals
}

/** Adds 1 so often, each time to what it has read. */
async function count(store: Store, id: string, times: number): Promise<number> {
  let counted = 0
  while (counted < times) {
    const record = await store.get(id)
    if (record && (await store.update(id, `${Number(record.value) + 1}`, later(), record.version))) counted++
  }
  return counted
}

/** Starts all, a different one first each round. */
export function shuffled(round: number, calls: readonly (() => unknown)[]): unknown[] {
  return [...calls.slice(round % calls.length), ...calls.slice(0, round % calls.length)].map((call) => call())
}
