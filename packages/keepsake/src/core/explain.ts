import type { SessionEvent } from './events.ts'
import type { Outcome } from './outcome.ts'

/** What happened, and what to do about it. */
export interface Explanation {
  readonly outcome: Outcome
  /** The event's type where a cause is known, else the outcome. */
  readonly code: SessionEvent['type'] | 'none' | 'loaded'
  /** One sentence with the numbers. */
  readonly message: string
  /** What to do; empty where nothing is wrong. */
  readonly remedy: string
  /** The session's public id, where one is known. */
  readonly id?: string
}

type Known = Partial<Record<string, unknown>>
type Sentence = readonly [message: (e: Known) => string, remedy: string]

const LOGOUT = 'Nothing to do: the visitor starts anew.'

const SENTENCES: Readonly<Record<SessionEvent['type'], Sentence>> = {
  'expired-idle': [
    (e) =>
      `The session was unused for too long and ended at ${time(e.endedAt)} (created ${time(e.createdAt)}, last seen ${time(e.lastSeenAt)}).`,
    'If that is too soon, raise idleTimeout or call session.remember().',
  ],
  'expired-absolute': [
    (e) =>
      `The session reached its absolute limit at ${time(e.endedAt)} (created ${time(e.createdAt)}, last seen ${time(e.lastSeenAt)}).`,
    'If that is too soon, raise lifetime; a login starts it anew.',
  ],
  unknown: [
    (e) =>
      `The cookie (made ${time(e.issuedAt)}) is genuine, but the store has no matching record of it${since(e)}.`,
    'Was it revoked? Else check prefix or table, database, eviction; with MemoryStore every restart does this.',
  ],
  'not-yet-visible': [
    (e) =>
      `The session was made at ${time(e.issuedAt)}, and this copy of the eventually consistent store does not have it yet.`,
    'Use a strong store for sessions, a Durable Object or D1 for example.',
  ],
  revoked: [() => 'The session was ended by a logout.', LOGOUT],
  superseded: [
    (e) => String(e.reason ?? 'The cookie is from before the last login or regenerate of its session.'),
    'Nothing to do: the next request brings the present cookie.',
  ],
  reused: [
    () =>
      'A token that rotation had retired was shown again: it was copied, or a response was lost for longer than the grace.',
    'The session was ended (onReuse). The visitor signs in again.',
  ],
  'unknown-key': [
    (e) => `The cookie was made with key ${e.keyId}, which is not among secrets.`,
    'Keep the former secret in the list after the new one. The cookie was left in place.',
  ],
  tampered: [
    () => 'The cookie was altered, or made for another cookie name, purpose or audience.',
    'If name or audience changed, list the former name under cookie.previous.',
  ],
  malformed: [
    () => 'The cookie is not one of ours.',
    'Does another app on this host set a cookie of the same name? Rename one.',
  ],
  schema: [
    () => 'The data no longer fits schema, or migrate could not bring it up to version.',
    'Extend migrate to cover the older shape.',
  ],
  duplicate: [
    (e) => `${e.count} cookies named ${e.name} hold different genuine sessions; none was used.`,
    'Add the other domain or path to cookie.previous, and it is expired at the next write.',
  ],
  'duplicate-ignored': [
    (e) => `${e.count} cookies are named ${e.name}; one of them opened and was used.`,
    'Add the other domain or path to cookie.previous, and it is expired at the next write.',
  ],
  'insecure-request': [
    (e) => `The cookie ${e.name} is Secure, but this request to ${e.from} came over plain http.`,
    'Serve the app over https. If a proxy ends TLS, let it pass X-Forwarded-Proto.',
  ],
  'no-cookie-cross-origin': [
    (e) => `A ${e.method} request from ${e.from ?? 'another site'} came without cookies.`,
    "Fetch with credentials: 'include', and answer with Access-Control-Allow-Credentials for that origin. A preflight (OPTIONS) never carries cookies.",
  ],
  'samesite-blocked': [
    (e) =>
      `A cross-site ${e.method} from ${e.from ?? 'another site'} came without ${e.name}, likely because it is SameSite=${e.sameSite}.`,
    'For a login provider that posts back, keep its state in sessions.transient(purpose).',
  ],
  'other-name': [
    (e) => `The browser sent ${e.other}, but this manager reads ${e.name}.`,
    'Use one name everywhere, or list the other under cookie.previous.',
  ],
  'oversized-header': [
    () => 'The Cookie header is over 16 KiB or 200 cookies and was not searched.',
    'Set fewer cookies on this host.',
  ],
  'too-large': [(e) => String(e.reason), 'Keep less in the session, or give the manager a store.'],
  'invalid-data': [(e) => String(e.reason), 'Convert the value to plain JSON first.'],
  'too-late': [
    (e) => String(e.reason),
    'Use the session before the response leaves; a socket can use sessions.update().',
  ],
  conflict: [
    (e) =>
      `Another request changed the session meanwhile; kept of it: ${list(e.merged)}; changed by both: ${list(e.contested)}.`,
    'Use sessions.update() where both changes must count.',
  ],
  'store-error': [(e) => String(e.reason), 'Is the store running and reachable, and its client connected?'],
  'cookie-dropped': [
    () => 'The session changed, but the final Response came without its Set-Cookie; it was put back.',
    'Return the Response that sessions.commit() gave you.',
  ],
  'not-awaited': [
    () => 'The handler ended while its session save was still running.',
    'Await sessions.save() or commit() before you return.',
  ],
  'public-response': [
    () =>
      'A response that sets the session cookie was marked as cacheable by all; that was replaced by no-store.',
    'Leave the session untouched on responses that caches may share.',
  ],
  'memory-store': [
    () =>
      'MemoryStore is used in production: sessions end with the process, and other processes do not see them.',
    'Use sqliteStore or another store that lasts.',
  ],
  'behind-proxy': [
    (e) =>
      `A request for ${e.host} to a loopback address carries ${e.header}: it came through a proxy. Cookies are Secure from now on.`,
    'Say cookie: { secure: true } where you deploy.',
  ],
}

/** An event in one sentence, with the remedy. */
export function describe(event: SessionEvent): { message: string; remedy: string } {
  const [message, remedy] = SENTENCES[event.type]
  return { message: message(event as unknown as Known), remedy }
}

/** A session's beginning in one sentence. */
export function explanation(outcome: Outcome, event: SessionEvent | undefined): Explanation {
  if (event) {
    const id = 'id' in event ? event.id : undefined
    return { outcome, code: event.type, ...describe(event), ...(id !== undefined && { id }) }
  }
  const message = outcome === 'loaded' ? 'The session opened.' : 'The request carried no session cookie.'
  return { outcome, code: outcome === 'loaded' ? 'loaded' : 'none', message, remedy: '' }
}

function time(ms: unknown): string {
  return typeof ms === 'number' ? new Date(ms).toISOString() : 'an unknown time'
}

function since(e: Known): string {
  if (e.ahead) return ': it is newer than the record, so the store has lost writes'
  const started = globalThis.performance?.timeOrigin
  const restarted = started > 0 && typeof e.issuedAt === 'number' && e.issuedAt + 1_000 < started
  return restarted ? ` (this process started ${time(started)})` : ''
}

function list(keys: unknown): string {
  return (keys as readonly string[]).join(', ') || 'none'
}
