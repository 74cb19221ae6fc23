import { refuseUnknownKeys } from './core/known-keys.ts'
import { type Carriage, type Carrier, SessionError } from './index.ts'

/** How a bearer token comes and goes. */
export interface BearerOptions {
  /** Header of the response that brings a new token; empty: the session has ended. @default 'Session-Token' */
  readonly answer?: string
  /**
   * A prefix under which a WebSocket of a browser, which can set no header, may offer its token as a subprotocol:
   * with `'session'`, `new WebSocket(url, ['chat', 'session.' + token])`. The server must choose the other one.
   * @default none
   */
  readonly webSocket?: string
}

/**
 * Tokens in `Authorization: Bearer …` (RFC 6750), for apps that keep no cookies. What a response brings in
 * `Session-Token` is what the client sends from then on; an empty one tells it to forget its token.
 *
 * ```ts
 * new SessionManager({ secrets, store, transport: bearer() })
 * ```
 *
 * A browser never sends such a token by itself, so no other site can ride on it; but whatever script keeps it can also
 * read it. A page of another origin needs `Access-Control-Allow-Headers: Authorization` to send it, and
 * `Access-Control-Expose-Headers: Session-Token` to read it.
 *
 * @throws {SessionError} `config` for names that no header can have.
 */
export function bearer(options: BearerOptions = {}): Carrier {
  refuseUnknownKeys('bearer', options, ['answer', 'webSocket'])
  const { answer = 'Session-Token', webSocket } = options
  const way = { name: 'authorization: bearer', header: 'Authorization', answer: headerName('answer', answer) }
  const prefix = webSocket === undefined ? undefined : `${prefixOf(webSocket)}.`
  return {
    receive: ({ headers }) => {
      const sent = /^bearer +(.*)$/i.exec(headers.get('authorization') ?? '')?.[1]
      const offered = prefix === undefined ? [] : offers(headers.get('sec-websocket-protocol'), prefix)
      return carriage(way, sent === undefined ? offered : [sent])
    },
  }
}

/**
 * Tokens in a header of your own, both ways, as `bearer` in all else.
 *
 * ```ts
 * new SessionManager({ secrets, transport: header('X-Session') })
 * ```
 *
 * @throws {SessionError} `config` for a name that no such header can have.
 */
export function header(name: string): Carrier {
  const answer = headerName('name', name)
  const way = { name: `header: ${name.toLowerCase()}`, header: answer, answer }
  return {
    receive: ({ headers }) => {
      const sent = headers.get(name)
      return carriage(way, sent === null ? [] : [sent])
    },
  }
}

interface Way {
  /** What seals and tokens are bound to; no cookie can have this name. */
  readonly name: string
  readonly header: string
  readonly answer: string
}

/** Longer seals are not opened, and servers take few headers that are much longer. */
const LONGEST = 4096
const MOST_OFFERS = 4

function carriage({ name, header, answer }: Way, sent: readonly string[]): Carriage {
  const values = [...new Set(sent)].filter((value) => value !== '')
  const presented = values.length > 0
  return {
    name,
    came: {
      name,
      values: values.slice(0, MOST_OFFERS),
      count: values.length,
      named: presented,
      oversized: false,
    },
    presented,
    hostBound: true,
    endedIds: [],
    header,
    absence: () => undefined,
    keep: (value) => [fitting(answer, value)],
    forget: (had) => (presented || had ? [''] : []),
    unchanged: () => [],
    joined: (former, later) => [...(later.length > 0 ? later : former)],
    put: (headers, [value = '']) => headers.set(answer, value),
    cookies: () => [],
  }
}

function fitting(answer: string, value: string): string {
  if (value.length <= LONGEST) return value
  throw new SessionError(
    'too_large',
    `header ${answer}: ${value.length} bytes, but a seal of more than ${LONGEST} is not opened; keep less in the session, or give the manager a store`,
    { size: value.length, limit: LONGEST },
  )
}

/** The tokens among the subprotocols that a WebSocket offers (RFC 6455 §11.3.4). */
function offers(protocols: string | null, prefix: string): string[] {
  const offered = (protocols ?? '').split(',').map((protocol) => protocol.trim())
  return offered.filter((it) => it.startsWith(prefix)).map((it) => it.slice(prefix.length))
}

/** What means something already, or is written by us when a token is: it would be lost, or take the answer apart. */
const TAKEN =
  /^(?:authorization|cookie|set-cookie|sec-websocket-protocol|vary|expires|age|date|(?:.*-)?cache-control|surrogate-control|content-.*|location|host|origin|connection|upgrade|transfer-encoding)$/i

function headerName(option: string, name: string): string {
  if (/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name) && !TAKEN.test(name)) return name
  throw new SessionError(
    'config',
    `transport: ${option} is a header of your own, X-Session for example; for Authorization there is bearer().`,
  )
}

function prefixOf(webSocket: string): string {
  if (/^[\w-]{1,64}$/.test(webSocket)) return webSocket
  throw new SessionError('config', 'transport: webSocket is a word of letters, digits, - and _.')
}
