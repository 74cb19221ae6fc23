import type { Visitor } from 'keepsake/testing'
import type { Served } from './servers.ts'
import { visitorOf } from './wire.ts'

/** One promise, asked over the wire. */
export interface Check {
  /** The promise or public test id it proves: `P15`, `T-A13`. */
  readonly row: string
  readonly name: string
  /** Why it does not apply to a server. */
  readonly absent?: (served: Served) => string | undefined
  readonly run: (served: Served) => Promise<void>
}

export const NAME = '__Host-Http-session'

export const isSealed = ({ backing }: Served): boolean => backing === 'sealed'
export const isEventual = ({ backing }: Served): boolean => backing === 'Workers KV'

/** What a page has seen of its session. */
export interface Seen {
  readonly data: Readonly<Record<string, unknown>>
  readonly id: string
  readonly owner: string | null
  readonly isNew: boolean
  readonly outcome: string
}

export async function json<T>(visitor: Visitor, path: string): Promise<T> {
  return (await visitor.get(path)).json() as Promise<T>
}

export function read(visitor: Visitor): Promise<Seen> {
  return json<Seen>(visitor, '/read')
}

/** A visitor who has a session. */
export async function begun(served: Served, path = '/write'): Promise<Visitor> {
  const visitor = visitorOf(served)
  await (await visitor.get(path)).body?.cancel()
  if (!visitor.cookie(NAME)) throw new Error(`${path} made no cookie`)
  return visitor
}

/** The Cookie header of a visitor's session. */
export function cookieOf(visitor: Visitor): string {
  return `${NAME}=${visitor.cookie(NAME)?.value ?? ''}`
}

/** The Set-Cookie lines of our name. */
export function ours(response: Response): string[] {
  return response.headers.getSetCookie().filter((line) => line.startsWith(`${NAME}=`))
}

/** Waits until a page of this app is held back. */
export async function holding(served: Served): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await json<boolean>(visitorOf(served), '/held')) return
    await new Promise((wake) => setTimeout(wake, 10))
  }
  throw new Error('no request is held back')
}
