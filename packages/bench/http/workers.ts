import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Server } from './server.ts'

const { default: workerd } = createRequire(import.meta.url)('workerd') as { default: string }
const DATE = '2026-04-01'

/** The apps on Cloudflare's workerd, each in a process of its own. */
export function startWorkers(names: readonly string[], port: number): Promise<Server[]> {
  return Promise.all(names.map((name, i) => startWorker(name, appSource(name), port + i)))
}

/** A module in workerd. */
export async function startWorker(name: string, source: string, port: number): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-bench-'))
  await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser', 'import'],
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'error',
  })
  writeFileSync(join(folder, 'config.capnp'), config(port))
  const child = spawn(workerd, ['serve', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return Server.of(name, port, child)
}

function appSource(name: string): string {
  return `import { appOf } from './app.ts'
    let app
    export default { fetch: async (request) => (await (app ??= appOf(${JSON.stringify(name)}))).fetch(request) }`
}

function config(port: number): string {
  const worker = `(modules = [(name = "worker", esModule = embed "worker.js")], compatibilityDate = "${DATE}", compatibilityFlags = ["nodejs_compat"])`
  const socket = `(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")`
  return `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (services = [(name = "main", worker = ${worker})], sockets = [${socket}]);`
}
