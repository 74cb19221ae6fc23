import { fromH3 } from '../../src/import/h3.ts'
import { fromHonoSession } from '../../src/import/hono-session.ts'
import { fromIronSession } from '../../src/import/iron-session.ts'
import { fromRack, fromSinatra } from '../../src/import/rack.ts'
import { fromReactRouter } from '../../src/import/react-router.ts'
import { fromRedisRack } from '../../src/import/redis-rack.ts'

const doors = {
  fromH3,
  fromHonoSession,
  fromIronSession,
  fromRack,
  fromReactRouter,
  fromRedisRack,
  fromSinatra,
}

/** What a reader is to read, as JSON carries it to any runtime. */
export interface Reading {
  readonly door: keyof typeof doors
  readonly options: Readonly<Record<string, unknown>>
  readonly jar: Readonly<Record<string, string>>
  /** What the reader's store holds: base64 by key. */
  readonly records?: Readonly<Record<string, string>>
}

/** What each reader makes of its jar, here; of one that throws, the error. */
export async function readAll(readings: readonly Reading[]): Promise<unknown[]> {
  return Promise.all(readings.map((reading) => read(reading).catch(String)))
}

async function read({ door, options, jar, records = {} }: Reading): Promise<unknown> {
  const get = async (key: string): Promise<Uint8Array | null> => {
    const record = records[key]
    return record === undefined ? null : Uint8Array.from(atob(record), (it) => it.charCodeAt(0))
  }
  const map = (old: object): object => old
  const make = doors[door] as (options: unknown) => ReturnType<typeof fromH3>
  const reader = make({ until: '2099-01-01', map, get, ...options })
  return (await reader.read((name) => jar[name], Date.now())) ?? null
}
