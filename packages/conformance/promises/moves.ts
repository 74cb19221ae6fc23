import { ok } from './expect.ts'
import type { Sessions, Visit } from './world.ts'

export const NAME = '__Host-Http-session'
const SNAPSHOT = /^[^=;]*-snapshot=/

/** A GET at https://example.test/ with this Cookie header. */
export function request(cookie?: string | null, init: RequestInit & { url?: string } = {}): Request {
  const { url = 'https://example.test/', ...rest } = init
  const headers = new Headers(rest.headers)
  if (cookie) headers.set('cookie', cookie)
  return new Request(url, { ...rest, headers })
}

/** What a request did. */
export interface Turn {
  /** The Set-Cookie values of the answer, without that of a snapshot. */
  readonly sent: string[]
  /** The Cookie header from now on. */
  readonly cookie: string
  readonly session: Visit
}

/** One request: load, use, save. */
export async function turn(
  sessions: Sessions,
  cookie: string | null | undefined,
  use: (session: Visit) => unknown = (session) => session.data,
): Promise<Turn> {
  const session = await sessions.load(request(cookie))
  await use(session)
  const sent = await sessions.save(session)
  return { sent: own(sent), cookie: after(cookie ?? '', sent), session }
}

/** The Set-Cookie values that tell of the session itself: a snapshot's come and go by rules of their own. */
export function own(sent: readonly string[]): string[] {
  return sent.filter((line) => !SNAPSHOT.test(line))
}

/** The same Cookie header without snapshots: the store answers it. */
export function bare(cookie: string): string {
  return own(cookie.split('; ')).join('; ')
}

/** A new visitor's Cookie header, once something was written. */
export async function begin(
  sessions: Sessions,
  use: (session: Visit) => unknown = (session) => {
    session.data.n = 1
  },
): Promise<string> {
  const { cookie } = await turn(sessions, null, use)
  ok(cookie.includes('='), 'a session was written, and the client holds no cookie')
  return cookie
}

/** A second request that has loaded and looked, and is yet to be saved. */
export async function loaded(sessions: Sessions, cookie: string): Promise<Visit> {
  const session = await sessions.load(request(cookie))
  session.data
  return session
}

/** What the browser sends after these Set-Cookie values. */
export function after(cookie: string, sent: readonly string[]): string {
  const jar = new Map(cookie.split('; ').filter(Boolean).map(pairOf))
  for (const line of sent) {
    const [name, value] = pairOf(line.split(';', 1)[0] ?? '')
    jar.delete(name)
    if (!/;\s*max-age=0/i.test(line)) jar.set(name, value)
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

function pairOf(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}

/** The value of one cookie of a Cookie header. */
export function tokenOf(cookie: string, name: string = NAME): string {
  const found = cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))
  ok(found, `no cookie ${name} in: ${cookie}`)
  return (found as string).slice(name.length + 1)
}

/** An attribute of a Set-Cookie value: its text, `true` without one, `undefined` if it is not there. */
export function attribute(line: string | undefined, name: string): string | true | undefined {
  for (const part of (line ?? '').split(';').slice(1)) {
    const [key, value] = part.trim().split('=', 2)
    if (key?.toLowerCase() === name.toLowerCase()) return value ?? true
  }
  return undefined
}

/** Lets whatever can go on do so. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve))
}

/** Base64url, back and forth. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}

export function textOf(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The same value with one character changed, in the middle unless told where. */
export function tampered(value: string, at: number = value.length >> 1): string {
  return `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`
}

/** A Cookie header with that value under another, or the same, name. */
export function carrying(value: string, name: string = NAME): string {
  return `${name}=${value}`
}

/** Whatever can be seen of a thing, as one text: its own words, its members, its causes. */
export function flat(thing: unknown, depth = 0): string {
  if (typeof thing !== 'object' || thing === null) return String(thing)
  if (depth > 6) return ''
  const members = Reflect.ownKeys(thing).map(
    (key) => `${String(key)}=${flat(Reflect.get(thing, key), depth + 1)}`,
  )
  return [String(thing), json(thing), ...members].join(' ')
}

function json(thing: object): string {
  try {
    return JSON.stringify(thing)
  } catch {
    return ''
  }
}
