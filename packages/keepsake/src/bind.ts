import { refuseUnknownKeys } from './core/known-keys.ts'
import { type Binding, SessionError } from './index.ts'

/** What becomes of a session that another client brings. */
export interface ClientOptions {
  /**
   * `anonymous`: this request has no session, and the session itself goes on where it was made; `end`: it ends, in a
   * store for everybody; `report`: it opens, and `onEvent` hears of it.
   * @default 'anonymous'
   */
  readonly onMismatch?: Binding['onMismatch']
}

const POLICIES: readonly string[] = ['anonymous', 'end', 'report']

/**
 * Ties sessions to what requests say of their client, in these headers. Of `user-agent` numbers don't count, so that
 * an update of the browser changes nothing.
 *
 * ```ts
 * new SessionManager({ secrets, bind: client(['user-agent', 'accept-language']) })
 * ```
 *
 * The record holds a salted hash of them, keyed where there are secrets; it is made with the session, and again at
 * login and regenerate. Sessions from before are tied at their next write. Whoever steals a cookie can mostly send
 * the same headers, too: this stops those who don't think of it, and tells you of them.
 *
 * @throws {SessionError} `config` for names that no such header can have, for headers that change with each request, and for another policy.
 */
export function client(headers: readonly string[] = ['user-agent'], options: ClientOptions = {}): Binding {
  refuseUnknownKeys('bind', options, ['onMismatch'])
  const { onMismatch = 'anonymous' } = options
  const names = Array.isArray(headers) ? headers.map((name) => String(name).toLowerCase()) : []
  if (names.length < 1 || names.length > 20 || !names.every(isFit))
    throw new SessionError(
      'config',
      'bind: give a list of 1 to 20 headers that a client sends alike with every request, user-agent for example.',
    )
  if (!POLICIES.includes(onMismatch))
    throw new SessionError('config', `bind: onMismatch is one of ${POLICIES.join(', ')}.`)
  return {
    onMismatch,
    clientOf: (request) => names.map((name) => withoutNumbers(name, request.headers.get(name) ?? '')),
  }
}

/** What requests of one client have otherwise, or only some of them, ties a session to one request. */
const CHANGING = [
  'accept',
  'authorization',
  'cache-control',
  'content-length',
  'content-type',
  'cookie',
  'date',
  'if-modified-since',
  'if-none-match',
  'origin',
  'pragma',
  'priority',
  'range',
  'referer',
  'upgrade-insecure-requests',
]

function isFit(name: string): boolean {
  const changes = CHANGING.includes(name) || name.startsWith('sec-fetch-')
  return /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name) && !changes
}

function withoutNumbers(name: string, value: string): string {
  return name === 'user-agent' ? value.replace(/\d[\d._]*/g, '#') : value
}
