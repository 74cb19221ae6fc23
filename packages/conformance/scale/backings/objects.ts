import { workerd } from '../../runtimes/miniflare.ts'
import type { Backing } from './backing.ts'

/** Durable Objects of Miniflare, and the app in one workerd; nothing is broken. */
export async function objects(): Promise<Backing> {
  const miniflare = await workerd('scale/app/worker')
  const port = Number((await miniflare.ready).port)
  return {
    apps: { ports: [port], stop: async () => {} },
    reason: async () => undefined,
    sizes: async () => 'not measured',
    stop: () => miniflare.dispose(),
  }
}
