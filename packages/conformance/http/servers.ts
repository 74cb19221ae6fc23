import { script } from '../runtimes/bundle.ts'
import { workerd } from '../runtimes/miniflare.ts'
import { firstLine, start, stop } from '../runtimes/started.ts'

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
