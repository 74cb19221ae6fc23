import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import express4 from 'express4'
import { onTestFinished } from 'vitest'
import { type NodeMiddleware, type SessionRequest, session } from '../../src/node.ts'
import { browser, type Visitor } from '../../src/testing.ts'
import type { Data, World } from './world.ts'

export type Request = IncomingMessage & SessionRequest<World['sessions']>
export type Handler = (req: Request, res: ServerResponse) => unknown

/** A middleware of the app's own, as Connect knows them. */
export type Use = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void

/** What is around the handler. */
export interface Around {
  /** Mounted before the sessions. */
  readonly before?: Use
  /** Mounted after them. */
  readonly after?: Use
  /** What has reached the app's error handler. */
  readonly errors?: unknown[]
  readonly lazy?: boolean
}

type Stack = (uses: readonly Use[], handle: Handler, errors: unknown[]) => RequestListener

const pass: Use = (_req, _res, next) => next()

/** Answers errors as most apps do. */
function answerError(errors: unknown[], error: unknown, res: ServerResponse): void {
  errors.push(error)
  if (res.headersSent) res.destroy()
  else res.writeHead(500).end('sorry')
}

/** Connect, in short: one after the other, an error to the end. */
const plain: Stack = (uses, handle, errors) => (req, res) => {
  const step = (at: number, error?: unknown): void => {
    const use = uses[at]
    if (error !== undefined) session.errors(error, req, res, () => answerError(errors, error, res))
    else if (use) use(req, res, (error) => step(at + 1, error))
    else new Promise((resolve) => resolve(handle(req as Request, res))).catch((error) => step(at, error))
  }
  step(0)
}

function expressed(make: typeof express | typeof express4): Stack {
  return (uses, handle, errors) => {
    const app = make() as ReturnType<typeof express>
    for (const use of uses) app.use(use)
    app.use('/', async (req, res, next) => {
      try {
        await handle(req as unknown as Request, res)
      } catch (error) {
        next(error)
      }
    })
    app.use(session.errors)
    app.use((error: unknown, _req: unknown, res: ServerResponse, _next: unknown) =>
      answerError(errors, error, res),
    )
    return app
  }
}

export const stacks: Readonly<Record<string, Stack>> = {
  'node:http': plain,
  'Express 5': expressed(express),
  'Express 4': expressed(express4),
}

/** Serves until the test is over; the port. */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** An app with this handler behind the sessions; the port. */
export function serve(
  { sessions }: Pick<World, 'sessions'>,
  handle: Handler,
  around: Around = {},
  stack = plain,
): Promise<number> {
  const { before = pass, after = pass, errors = [], lazy = false } = around
  const door = session(sessions, { lazy }) as NodeMiddleware as Use
  return listen(stack([before, door, after], handle, errors))
}

/** Somebody with a browser, on a served app. */
export function visitorOf(port: number): Visitor {
  return browser((request) => fetch(request), { origin: `http://127.0.0.1:${port}` })
}

/** Counts visits, so that there is something to save. */
export function count({ session }: { readonly session: { data: Partial<Data> } }): number {
  session.data.visits = (session.data.visits ?? 0) + 1
  return session.data.visits
}

/** What comes over the wire for a request of these lines, until the server closes. */
export function raw(port: number, ...lines: string[]): Promise<string> {
  return verbatim(port, lines[0] ?? '', 'Host: 127.0.0.1', ...lines.slice(1))
}

/** The same, with no Host but one that is among the lines. */
export async function verbatim(port: number, request: string, ...lines: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write([request, 'Connection: close', ...lines, '', ''].join('\r\n'))
  return text(socket)
}

/** The header lines of an answer, sorted; without those that differ with time and connection. */
export function headerLines(answer: string): string[] {
  const lines = answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n')
  return lines.filter((line) => !/^(date|connection|keep-alive):/i.test(line)).sort()
}

export function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4)
}
