import type { Served } from '../http/servers.ts'
import { script } from '../runtimes/bundle.ts'
import { workerd } from '../runtimes/miniflare.ts'
import { firstLine, start, stop } from '../runtimes/started.ts'

const SCRIPTS: Readonly<Record<string, string>> = {
  'Node 24': 'guards/server-node',
  'Node 20.19': 'guards/server-node',
  'Node 26': 'guards/server-node',
  Deno: 'guards/server-deno',
  Bun: 'guards/server-bun',
}

/** Every runtime that serves the guarded apps. */
export const runtimes: readonly string[] = [...Object.keys(SCRIPTS), 'workerd']

/** The guarded apps on one runtime, on a free port. */
export interface Guarded {
  readonly served: Served
  stop(): Promise<unknown>
}

export async function serveGuarded(runtime: string): Promise<Guarded> {
  const at = (port: number): Served => ({ runtime, stack: runtime, backing: 'both', port, headers: {} })
  if (runtime === 'workerd') {
    const miniflare = await workerd('guards/server-worker')
    return { served: at(Number((await miniflare.ready).port)), stop: () => miniflare.dispose() }
  }
  const child = start(runtime, await script(SCRIPTS[runtime] ?? ''))
  try {
    return { served: at(Number(await firstLine(child))), stop: () => stop(child) }
  } catch (error) {
    await stop(child)
    throw error
  }
}
