import { MemoryStore, type Store, type Stored } from '../../src/index.ts'
import { after, type Bench, bench, type Data, NAME, type Options, type Sessions, type Visit } from './kit.ts'

export const SNAPSHOT = `${NAME}-snapshot`
export const MINUTE = 60_000

/** Counts what is asked of it, and fails when told to. */
export class Counted extends MemoryStore {
  calls: string[] = []
  down = false

  override get(id: string): Stored | null {
    this.#note('get')
    return super.get(id)
  }

  override update(id: string, value: string, expires: Date, version: number, owner?: string): boolean {
    this.#note('update')
    return super.update(id, value, expires, version, owner)
  }

  override touch(id: string, expires: Date, version: number): boolean {
    this.#note('touch')
    return super.touch(id, expires, version)
  }

  override delete(id: string): void {
    this.#note('delete')
    super.delete(id)
  }

  #note(call: string): void {
    this.calls.push(call)
    if (this.down) throw new Error('connection refused')
  }
}

export interface Cached extends Bench {
  readonly counted: Counted
}

export function cached(options: Options = {}): Cached {
  const now = { at: () => 0 }
  const counted = new Counted({ clock: () => now.at() })
  const made = bench('stored', {
    store: counted as Store,
    cache: { maxAge: '1m' },
    ...options,
  } as Options)
  now.at = made.clock.now
  return { ...made, counted }
}

export interface Turn {
  readonly session: Visit
  readonly sent: readonly string[]
  readonly cookie: string
}

export async function send(
  sessions: Sessions,
  method: string,
  cookie: string,
  use: (session: Visit) => unknown = ({ data }) => data,
): Promise<Turn> {
  const session = await sessions.load(
    new Request('https://example.test/', { method, headers: cookie ? { cookie } : {} }),
  )
  await use(session)
  const sent = await sessions.save(session)
  return { session, sent, cookie: after(cookie, sent) }
}

export const get = (sessions: Sessions, cookie: string, use?: (session: Visit) => unknown): Promise<Turn> =>
  send(sessions, 'GET', cookie, use)
export const post = (sessions: Sessions, cookie: string, use?: (session: Visit) => unknown): Promise<Turn> =>
  send(sessions, 'POST', cookie, use)

export const write =
  (data: Data) =>
  (session: Visit): void => {
    Object.assign(session.data, data)
  }

/** Set-Cookie values without the attributes that never differ. */
export const short = (sent: readonly string[]): string[] => sent.map((line) => line.replace(/; Path.*/, ''))

/** The cookies of a Cookie header by name. */
export function jar(cookie: string): Map<string, string> {
  return new Map(
    cookie.split('; ').map((pair) => {
      const equals = pair.indexOf('=')
      return [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
}

/** The token of one header with the snapshot of another. */
export function crossed(token: string, snapshot: string): string {
  return `${NAME}=${jar(token).get(NAME)}; ${SNAPSHOT}=${jar(snapshot).get(SNAPSHOT)}`
}

export const namesOf = (sent: readonly string[]): string[] => sent.map((line) => line.split('=', 1)[0] ?? '')
