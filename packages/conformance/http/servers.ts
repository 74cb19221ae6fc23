import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { script } from '../runtimes/bundle.ts'
import { workerd } from '../runtimes/miniflare.ts'
import { start, stop } from '../runtimes/started.ts'

/** One app on one server. */
export interface Served {
  readonly runtime: string
  /** The server, and the door that is open on it. */
  readonly stack: string
  readonly backing: string
  readonly port: number
  /** What tells apart the apps behind one port. */
  readonly headers: Readonly<Record<string, string>>
}

/** The servers of one runtime. */
export interface Running {
  readonly served: readonly Served[]
  stop(): Promise<unknown>
}

const SCRIPTS: Readonly<Record<string, string>> = {
  'Node 24': 'http/server-node',
  'Node 20.19': 'http/server-node',
  'Node 26': 'http/server-node',
  Deno: 'http/server-deno',
  Bun: 'http/server-bun',
}

/** Every runtime that has servers. */
export const runtimes: readonly string[] = [...Object.keys(SCRIPTS), 'workerd']

/** Starts the servers of a runtime, each on a free port. */
export async function serve(runtime: string): Promise<Running> {
  return runtime === 'workerd' ? serveWorkers() : serveScript(runtime, SCRIPTS[runtime] ?? '')
}

async function serveScript(runtime: string, entry: string): Promise<Running> {
  const child = start(runtime, await script(entry))
  try {
    const served = JSON.parse(await firstLine(child)) as Omit<Served, 'runtime' | 'headers'>[]
    return {
      served: served.map((it) => ({ ...it, runtime, headers: {} })),
      stop: () => stop(child),
    }
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function firstLine({ stdout, stderr }: ChildProcess): Promise<string> {
  let said = ''
  stderr?.on('data', (chunk) => {
    said += chunk
  })
  if (!stdout) throw new Error('The server has no output.')
  const late = setTimeout(() => stdout.destroy(), 30_000)
  for await (const line of createInterface({ input: stdout })) {
    clearTimeout(late)
    stdout.resume()
    return line
  }
  throw new Error(`The servers did not start: ${said}`)
}

async function serveWorkers(): Promise<Running> {
  const miniflare = await workerd('http/server-worker')
  const port = Number((await miniflare.ready).port)
  const backings = ['sealed', 'D1', 'Durable Objects', 'Workers KV']
  const served = ['workerd', 'Hono'].flatMap((stack) =>
    backings.map((backing) => ({
      runtime: 'workerd',
      stack,
      backing,
      port,
      headers: { 'x-served': `${stack}/${backing}` },
    })),
  )
  return { served, stop: () => miniflare.dispose() }
}
