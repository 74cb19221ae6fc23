import type { Readable } from 'node:stream'
import { Miniflare } from 'miniflare'
import { worker } from './bundle.ts'

/** workerd with this entry, KV, D1 and Durable Objects beside it; listens on a free port of 127.0.0.1. */
export async function workerd(entry: string): Promise<Miniflare> {
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.js', contents: await worker(entry) }],
    compatibilityDate: '2026-04-01',
    host: '127.0.0.1',
    // What handlers throw by plan would fill the screen.
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      stdout.resume()
      stderr.resume()
    },
    port: 0,
    kvNamespaces: ['KV'],
    d1Databases: ['D1'],
    durableObjects: { SESSIONS: { className: 'SessionObject', useSQLite: true } },
  })
  await miniflare.ready
  return miniflare
}
