import { type IncomingMessage, request as send } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { browser, type Visitor } from 'keepsake/testing'
import type { Served } from './servers.ts'

const LONGEST_WAIT = 30_000

/** The name all servers are known by; TLS ends before them. */
export const HOST = 'example.test'

/** Somebody with a browser, on a server that stands behind a proxy for https://example.test. */
export function visitorOf(served: Served): Visitor {
  return browser((request) => over(served, request), { origin: `https://${HOST}` })
}

async function over({ port, headers }: Served, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = Buffer.from(await request.arrayBuffer())
  const told = {
    ...Object.fromEntries(request.headers),
    ...headers,
    host: HOST,
    'x-forwarded-proto': 'https',
  }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = send({
      host: '127.0.0.1',
      port,
      path: pathname + search,
      method: request.method,
      headers: told,
      agent: false,
      signal: AbortSignal.timeout(LONGEST_WAIT),
    })
    call.on('response', resolve).on('error', reject).end(body)
  })
  return asResponse(answer)
}

/** The answer, its repeated header lines still apart. */
function asResponse(answer: IncomingMessage): Response {
  const headers = new Headers()
  const { rawHeaders, statusCode = 0 } = answer
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '')
  const body = [204, 205, 304].includes(statusCode) ? null : (Readable.toWeb(answer) as ReadableStream)
  if (body === null) answer.resume()
  return new Response(body, { status: statusCode, headers })
}

/** What comes back for a GET with these header lines as they are, byte for byte. */
export async function raw(
  { port, headers }: Served,
  path: string,
  lines: readonly string[],
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(LONGEST_WAIT, () => socket.destroy(new Error('no answer')))
  const told = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const wish = lines.some((line) => line.startsWith('Upgrade:')) ? 'Upgrade' : 'close'
  const head = [`GET ${path} HTTP/1.1`, `Host: ${HOST}`, `Connection: ${wish}`, ...told, ...lines, '', '']
  socket.write(head.join('\r\n'), 'latin1')
  let answer = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    answer += chunk
    // Not every server closes at once.
    if (isWhole(answer)) break
  }
  socket.destroy()
  return answer
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  if (statusOf(answer) === 101) return true
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.slice(0, end))?.[1]
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= end + 4 + Number(length)
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0)
}

/** The JSON that a raw answer carries, in one piece or in chunks. */
export function jsonIn(answer: string): Record<string, unknown> {
  const body = answer.slice(answer.indexOf('\r\n\r\n'))
  return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Record<string, unknown>
}
