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
 * @throws {SessionError} `config` for names that no such header can have, or another policy.
 */
export function client(
  headers: readonly string[] = ['user-agent'],
  { onMismatch = 'anonymous' }: ClientOptions = {},
): Binding {
  const names = headers.map((name) => name.toLowerCase())
  if (names.length < 1 || names.length > 20 || !names.every(isFit))
    throw new SessionError(
      'config',
      'bind: give the names of 1 to 20 request headers, user-agent for example.',
    )
  if (!POLICIES.includes(onMismatch))
    throw new SessionError('config', `bind: onMismatch is one of ${POLICIES.join(', ')}.`)
  return {
    onMismatch,
    clientOf: (request) => names.map((name) => withoutNumbers(name, request.headers.get(name) ?? '')),
  }
}

/** What every request has otherwise ties a session to one request. */
const CHANGING = ['authorization', 'cookie', 'content-length', 'date', 'referer']

function isFit(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name) && !CHANGING.includes(name)
}

function withoutNumbers(name: string, value: string): string {
  return name === 'user-agent' ? value.replace(/\d[\d._]*/g, '#') : value
}
