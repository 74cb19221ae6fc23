import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import {
  type Explanation,
  type ManagerOptions,
  type Session,
  type SessionEvent,
  SessionManager,
} from '../../src/index.ts'

export type Data = Record<string, unknown>
export type Options = Partial<ManagerOptions<Data>>
type Handle = (session: Session<Data>, request: Request) => Response | Promise<Response>

/** 32 random bytes each; they guard nothing. */
export const SECRETS = [
  'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3C',
  'm3VbX9eKc7RtZ1uQyWn5aLd8sGf2hJp6oTiUkExNrYB',
] as const

export const NAME = '__Host-Http-session'
/** The name for plain http on loopback. */
export const DEV = 'session'

/** What a request got, and what the manager said of it. */
export interface Answer {
  readonly status: number
  readonly cookies: readonly string[]
  readonly text: string
  /** Asked with the same request, before it was handled. */
  readonly why: Explanation
  /** What `onEvent` heard during this request. */
  readonly events: readonly SessionEvent[]
}

export interface Site {
  readonly sessions: SessionManager<Data>
  readonly events: SessionEvent[]
  /** Headers as they are to be sent; a Host of one's own included. */
  ask(headers?: Readonly<Record<string, string | readonly string[]>>, more?: Ask): Promise<Answer>
}

interface Ask {
  readonly method?: string
  /** What the handler does; looks at `data` unless it says otherwise. */
  readonly handle?: Handle
  /** Takes the place of `sessions.run`. */
  readonly answer?: (request: Request) => Promise<Response>
}

/** A manager behind a real server on 127.0.0.1. `scheme: 'https'` stands for a proxy that ends TLS and says so. */
export async function site(options: Options = {}, scheme: 'http' | 'https' = 'https'): Promise<Site> {
  const events: SessionEvent[] = []
  const sessions = new SessionManager<Data>({
    secrets: SECRETS[0],
    onEvent: (event: SessionEvent) => void events.push(event),
    ...options,
  } as ManagerOptions<Data>)
  let current: { answer: (request: Request) => Promise<Response>; why?: Explanation }
  const port = await listen(async (request) => {
    current.why = await sessions.explain(request)
    return current.answer(request)
  }, scheme)
  const ask: Site['ask'] = async (headers = {}, { method = 'GET', handle = look, answer } = {}) => {
    const before = events.length
    current = {
      answer: answer ?? ((request) => sessions.run(request, (session) => handle(session, request))),
    }
    const got = await send(port, method, headers)
    return { ...got, why: current.why as Explanation, events: events.slice(before) }
  }
  return { sessions, events, ask }
}

/** One cause: the code twice, exactly one event, and a message in which nothing is missing. */
export function because(answer: Answer, code: SessionEvent['type'], ...facts: readonly unknown[]): void {
  expect(answer.events.map(({ type }) => type)).toEqual([code])
  expect(answer.why.code).toBe(code)
  explains(answer.why, facts)
}

/** The message and remedy hold these facts, and no hole. */
export function explains(
  { message, remedy }: { message: string; remedy: string },
  facts: readonly unknown[],
): void {
  const text = `${message} ${remedy}`
  for (const fact of facts) expect(text).toContain(String(fact))
  expect(text).not.toMatch(/unknown\b(?!-)|undefined|NaN|null|\{\w+\}|\[\w+:/)
  expect(remedy).not.toBe('')
}

/** `name=value` of the first Set-Cookie. */
export function pair({ cookies }: Pick<Answer, 'cookies'>): string {
  return cookies[0]?.split(';', 1)[0] ?? ''
}

export const time = (ms: number): string => new Date(ms).toISOString()

/** Does this to the session, and answers with an empty page. */
export function doing(use: (session: Session<Data>) => void): Handle {
  return (session) => {
    use(session)
    return new Response()
  }
}

export const write: Handle = doing((session) => {
  session.data.n = 1
})

const look: Handle = (session) => new Response(JSON.stringify(session.data))

async function listen(handle: (request: Request) => Promise<Response>, scheme: string): Promise<number> {
  const server = http.createServer({ maxHeaderSize: 65_536 }, (incoming, outgoing) => {
    handle(requestOf(incoming, scheme))
      .catch(
        (error: Error & { code?: string }) =>
          new Response(`${error.code}: ${error.message}`, { status: 500 }),
      )
      .then(async (response) => {
        outgoing.writeHead(response.status, [...response.headers].flat())
        outgoing.end(await response.text().catch((error: Error) => error.message))
      })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function requestOf(incoming: http.IncomingMessage, scheme: string): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  return new Request(`${scheme}://${headers.get('host')}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers,
  })
}

async function send(
  port: number,
  method: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<Pick<Answer, 'status' | 'cookies' | 'text'>> {
  const request = http.request({
    port,
    host: '127.0.0.1',
    method,
    headers: headers as http.OutgoingHttpHeaders,
    agent: false,
  })
  request.end()
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  let text = ''
  for await (const part of response) text += part
  return { status: response.statusCode ?? 0, cookies: response.headers['set-cookie'] ?? [], text }
}
