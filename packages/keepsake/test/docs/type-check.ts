import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildTypes } from '../../scripts/build.ts'
import { folder, root } from './snippets.ts'

/** What snippets use of the runtimes' own globals; a reader has them from the runtime's types. */
const RUNTIMES = `
type Serve = (request: Request, ...rest: never[]) => Response | Promise<Response>

declare const Deno: {
  readonly env: { get(name: string): string | undefined }
  openKv(path?: string): Promise<import('keepsake/deno').DenoKv>
  serve(handler: Serve): unknown
}

declare const Bun: {
  serve(options: { fetch: Serve }): unknown
}
`

/** What `wrangler types` makes of the README's wrangler.jsonc. */
const BINDINGS = `
declare namespace Cloudflare {
  interface Env {
    SESSION_SECRET: string
    SESSIONS: DurableObjectNamespace<import('./worker.ts').SessionObject>
  }
}
`

/** Type checks snippets as one program, against the library's types as they are published; `''` if nothing is wrong. */
export async function typeErrors(files: readonly string[]): Promise<string> {
  buildTypes(join(folder, 'types'))
  const workers = files.filter((file) => file === 'worker.ts')
  const others = files.filter((file) => file !== 'worker.ts')
  const found = [
    await check('runtimes', RUNTIMES, others, {}),
    // Workers' types are globals of their own, in place of the web's
    await check('bindings', BINDINGS, workers, { lib: ['es2023'], types: ['@cloudflare/workers-types'] }),
  ]
  return found.join('')
}

async function check(
  name: string,
  globals: string,
  snippets: readonly string[],
  options: object,
): Promise<string> {
  const project = join(folder, `tsconfig.${name}.json`)
  const paths = { keepsake: ['./types/index.d.ts'], 'keepsake/*': ['./types/*.d.ts'] }
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { ...options, paths },
    include: [],
    files: [...snippets, `${name}.d.ts`],
  }
  writeFileSync(join(folder, `${name}.d.ts`), globals)
  writeFileSync(project, JSON.stringify(config))
  const checked = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), [
    '--project',
    project,
    '--pretty',
    'false',
  ])
  return checked.then(
    () => '',
    ({ stdout, message }) => stdout || message,
  )
}
