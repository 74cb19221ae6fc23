import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { home } from './doors.ts'

interface Size {
  readonly what: string
  readonly bytes: number
  readonly budget: number
}

/** What imports of the built package cost an app: bundled, minified, `gzip -9`. */
export async function sizes(): Promise<Size[]> {
  const core = await gzipped("export { SessionManager } from 'keepsake'")
  const hono = await gzipped(
    "export { SessionManager } from 'keepsake'; export { session } from 'keepsake/hono'",
  )
  return [
    { what: 'SessionManager from keepsake', bytes: core, budget: 32_100 },
    { what: 'session from keepsake/hono, on top', bytes: hono - core, budget: 550 },
  ]
}

async function gzipped(contents: string): Promise<number> {
  return gzipSync(await bundle(contents), { level: 9 }).length
}

/** What a bundler makes of an app that consists of these imports. */
export async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: home },
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['hono', 'node:*'],
    write: false,
  })
  return outputFiles[0]?.contents ?? new Uint8Array()
}

/** One line a figure: `6,543 of 7,000 bytes  SessionManager from keepsake`. */
export function report(figures: readonly Size[]): string {
  const number = (value: number): string => value.toLocaleString('en').padStart(5)
  return figures
    .map(({ what, bytes, budget }) => `${number(bytes)} of ${number(budget)} bytes  ${what}`)
    .join('\n')
}

if (import.meta.main) {
  const figures = await sizes()
  process.stdout.write(`${report(figures)}\n`)
  if (figures.some(({ bytes, budget }) => bytes > budget)) process.exitCode = 1
}
