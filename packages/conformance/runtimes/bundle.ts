import { resolve } from 'node:path'
import { build } from 'esbuild'

const home = resolve(import.meta.dirname, '..')

/** Packages that a runtime resolves by itself, out of node_modules, as it would those of an app. */
const packages = ['keepsake', 'keepsake/*', 'hono', 'hono/*', '@hono/node-server', 'express', 'express4']

/** One script of what is under an entry of this package, because the oldest Node reads no types; says where it is. */
export async function script(entry: string): Promise<string> {
  const outfile = resolve(home, '.built', `${entry.replaceAll('/', '-')}.js`)
  await build({
    entryPoints: [resolve(home, `${entry}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    external: packages,
    logLevel: 'warning',
  })
  return outfile
}

/** A whole Worker, the built package included. */
export async function worker(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(home, `${entry}.ts`)],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['worker'],
    external: ['cloudflare:workers', 'node:*'],
    logLevel: 'warning',
  })
  return outputFiles[0]?.text ?? ''
}
