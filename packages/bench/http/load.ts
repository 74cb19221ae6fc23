import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../measure/child.ts'
import type { Server } from './server.ts'

/** What a burst of requests came to. */
export interface Burst {
  readonly perSecond: number
  /** CPU time of the server, µs a request. */
  readonly cpu: number
  /** ms */
  readonly p99: number
}

/** A server, and the visitors it knows. */
export interface Visited {
  readonly server: Server
  /** A file, a Cookie header on each line. */
  readonly cookies: string
}

const VISITORS = 400
const OTHERS = 'consent=1; _ga=GA1.2.1183942.17636; lang=en-GB'
const script = fileURLToPath(new URL('visitors.lua', import.meta.url))

/** One burst by wrk, a second long, whose connections are kept busy by many visitors. */
export async function burst({ server, cookies }: Visited, path: string, connections = 16): Promise<Burst> {
  const before = server.cpu()
  const options = ['-t1', `-c${connections}`, '-d1s', '--latency', '-s', script]
  const text = await run(['wrk', ...options, server.url + path], { BENCH_COOKIES: cookies })
  const cpu = server.cpu() - before
  if (/Non-2xx/.test(text)) throw new Error(`${server.name}: not all answers were right\n${text}`)
  const requests = Number(/(\d+) requests in/.exec(text)?.[1])
  return {
    cpu: cpu / requests,
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    p99: p99In(text),
  }
}

function p99In(text: string): number {
  const [, number, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? []
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's']
}

/** Visitors who were here once. */
export async function visit(server: Server): Promise<Visited> {
  const file = join(mkdtempSync(join(tmpdir(), 'keepsake-bench-')), 'cookies')
  const headers: string[] = []
  while (headers.length < VISITORS) headers.push(await visitor(server))
  writeFileSync(file, `${headers.join('\n')}\n`)
  return { server, cookies: file }
}

/** The Cookie header of a visitor who was here once; where sessions are kept its second visit is counted, or the server is no good. */
export async function visitor(server: Server): Promise<string> {
  const first = await fetch(`${server.url}/count`)
  const told = first.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '')
  // the later of one name counts
  const ours = new Map(told.map((pair) => [pair.split('=', 1)[0], pair]))
  const cookie = [OTHERS, ...ours.values()].join('; ')
  const one = await first.text()
  if (told.length === 0) return cookie
  const two = await (await fetch(`${server.url}/count`, { headers: { cookie } })).text()
  if (Number(two.split('=')[1]) === Number(one.split('=')[1]) + 1) return cookie
  throw new Error(`${server.name}: first ${one}, then ${two}`)
}
