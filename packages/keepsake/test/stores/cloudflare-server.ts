import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

/** Starts workerd with `cloudflare-worker.ts` and fresh bindings, kept in this folder or else in one that goes with it; to be disposed of. */
export async function startWorker(folder?: string): Promise<Miniflare> {
  const { outputFiles } = await build({
    entryPoints: [new URL('./cloudflare-worker.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    external: ['cloudflare:workers'],
  })
  return new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-04-01',
    kvNamespaces: ['KV'],
    d1Databases: ['D1'],
    d1Persist: folder,
    durableObjects: { SESSIONS: { className: 'SessionObject', useSQLite: true } },
    durableObjectsPersist: folder,
  })
}
