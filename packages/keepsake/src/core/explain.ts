import type { SessionEvent } from './events.ts'
import type { Outcome } from './outcome.ts'

/** What happened, and what to do about it. */
export interface Explanation {
  /** What `session.outcome` says of the same request. */
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

const OTHER = 'List the other domain or path in cookie.previous: the next write expires it.'

/** What happened|what to do. `{fact}` is filled in; `[fact:text]` stands only where the fact is known. */
const SENTENCES: Readonly<Record<SessionEvent['type'], string>> = {
  'expired-idle':
    'Idle too long, ended {endedAt} (created {createdAt}, last seen {lastSeenAt}).|Raise idleTimeout, or call session.remember().',
  'expired-absolute':
    'Past the absolute limit[createdAt:, ended {endedAt} (created {createdAt}, last seen {lastSeenAt})][issuedAt: ({id}, cookie made {issuedAt})].|Raise lifetime; a login starts anew.',
  unknown:
    'Genuine, made {issuedAt}, but the store has no record {id}[ahead: as new as it: writes were lost][endedAt:; unless used later it expired {endedAt}][startedAt:; this process started {startedAt}].|Unless it was revoked, check prefix, table, database, eviction. MemoryStore forgets at every restart.',
  'not-yet-visible':
    'Record {id}, made {issuedAt}, has not reached this copy of an eventually consistent store.|Use a strong store: a Durable Object, D1.',
  revoked:
    'Session [id:{id}][from:of {from}] was ended by a logout, or revoked.|Nothing: the visitor starts anew.',
  superseded:
    '[reason:{reason}][issuedAt:The cookie, made {issuedAt}, is from before the last login or regenerate.][from:The session of {from} was taken over before; a copy of its cookie opens nothing.]|Nothing: the next request brings the present cookie.',
  reused:
    'A retired token of {id}, made {issuedAt}, came again: copied, or very late.|Nothing: onReuse decides.',
  'bound-elsewhere':
    'Session {id} came from another client than the one it was made for.|Ask for a new login. If it was the same client, bind fewer headers.',
  'unknown-key':
    'Made with key {keyId}; loaded are {keyIds}.|Keep the former secret in secrets, after the new one. The cookie was left in place.',
  tampered:
    'Altered, or made for another name, purpose or audience[keyId: (key {keyId})].|If the name changed, list the former in cookie.previous.',
  malformed:
    'Not a cookie of ours[ahead:, or made by a server with a fast clock][id:, or record {id} is damaged, or encryptAtRest is off].|If another app on this host uses its name, rename one.',
  schema:
    'The data of [id:{id}, created {createdAt},][from:{from}] does not fit schema or version.|Let migrate bring it up to date; what was taken over, map.',
  accepted: 'The session of {from} was opened and is taken over as {id}.|Nothing.',
  'not-accepted':
    'The cookie {from} came, and no reader in accept could open it.|Check its secrets, name and store. Whether it is altered, expired or sent twice, it opens nothing.',
  duplicate: `{count} cookies {name} hold different sessions; none was used.|${OTHER}`,
  'duplicate-ignored': `{count} cookies {name}; the one of {id} was used.|${OTHER}`,
  'insecure-request':
    'The cookie {name} is Secure, but the request to {from} came over plain http.|Serve https; let a proxy that ends TLS send X-Forwarded-Proto.',
  'no-cookie-cross-origin':
    "{method} from {from} came without cookies.|Fetch with credentials: 'include', answer with Access-Control-Allow-Credentials. A preflight (OPTIONS) carries none.",
  'samesite-blocked':
    'Cross-site {method} from {from} came without {name}, likely for SameSite={sameSite}.|Keep login state in sessions.transient(purpose).',
  'other-name':
    'The browser sent {other}, but {name} is read.|Use one name, or list the other in cookie.previous.',
  'oversized-header':
    'The Cookie header has {size} characters and {count} cookies; over 16384 or 200 it is not searched.|Set fewer cookies on this host.',
  'too-large': '{reason}|Keep the largest keys elsewhere, or use a store.',
  'invalid-data': '{reason}|Keep plain JSON.',
  'too-late': '{reason}|Use it before the response leaves; in a socket, sessions.update().',
  conflict:
    '[reason:{reason} ]Another request changed {id} meanwhile; merged: {merged}; changed by both: {contested}.|Where both must count, sessions.update().',
  'store-error':
    "{reason}[id: The snapshot of {id} is shown, and can't be changed.]|Start or reconnect it; onStoreError: 'anonymous' goes on without it, 'stale' with snapshots.",
  'snapshot-too-large':
    'With {id}, a snapshot would be over 4096 bytes; every request reads the store.|Keep less in the session, or leave out cache.',
  'snapshot-asked':
    'authenticatedWithin was asked of a snapshot of {id}, and said no.|Call sessions.refresh(session) before it.',
  'cookie-dropped':
    'The final Response[id: of {id}] lacked our Set-Cookie; it was put back.|Return the Response of commit().',
  'not-awaited': 'The handler ended while the save[id: of {id}] was running.|Await save() or commit().',
  'public-response':
    'A response with the session cookie[id: of {id}] was public; now it is no-store.|Leave the session untouched where caches may share.',
  'memory-store':
    'MemoryStore in production: what it keeps ends with the process, and others do not see it.|Use a store that lasts, sqliteStore for example.',
  'behind-proxy':
    'A request for {host} to loopback carries {header}: it came through a proxy. Cookies are Secure from now on.|Say cookie: { secure: true } where you deploy.',
}

/** An event in one sentence, with the remedy. */
export function describe(event: SessionEvent): { message: string; remedy: string } {
  const [message = '', remedy = ''] = SENTENCES[event.type].split('|')
  return { message: fill(message, { ...event, startedAt: restartSince(event) }), remedy }
}

/** A session's beginning in one sentence. */
export function explanation(outcome: Outcome, event: SessionEvent | undefined): Explanation {
  if (event) {
    const id = 'id' in event ? event.id : undefined
    return { outcome, code: event.type, ...describe(event), ...(id !== undefined && { id }) }
  }
  const code = outcome === 'loaded' ? outcome : 'none'
  const message = code === 'none' ? 'The request carried no session.' : 'The session opened.'
  return { outcome, code, message, remedy: '' }
}

function fill(sentence: string, facts: Readonly<Record<string, unknown>>): string {
  return sentence
    .replace(/\[(\w+):(.*?)\]/g, (_, fact: string, text: string) => (facts[fact] ? text : ''))
    .replace(/\{(\w+)\}/g, (_, fact: string) => show(facts[fact], fact.endsWith('At')))
}

function show(fact: unknown, isTime: boolean): string {
  if (isTime && typeof fact === 'number') return new Date(fact).toISOString()
  return Array.isArray(fact) ? fact.join(', ') || 'none' : String(fact ?? 'unknown')
}

/** When this process started, if that was after the token was issued. */
function restartSince(event: SessionEvent): number | undefined {
  const issuedAt = 'issuedAt' in event ? event.issuedAt : undefined
  const started = globalThis.performance?.timeOrigin
  return issuedAt !== undefined && issuedAt + 1_000 < started ? started : undefined
}
