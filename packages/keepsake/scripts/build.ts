import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { doors, home } from './doors.ts'

const source = resolve(home, 'src')
const output = resolve(home, 'dist')

const options = {
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'neutral',
  packages: 'external',
  target: 'es2022',
  charset: 'utf8',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
} as const satisfies BuildOptions

/** Writes `dist/*.js`: one shared `core.js`, one small file a door, the command. Files that are right already stay. */
export async function buildScripts(): Promise<void> {
  const used = new Set<string>()
  const written = new Set<string>()
  for (const name of [...doors(), 'cli/main'].filter(hasSource)) {
    for (const file of await bundleDoor(name, used)) written.add(file)
  }
  for (const file of await bundleCore(used)) written.add(file)
  sweep(written)
}

// A door without a source is for the tests to report: they name it, and run all else.
const hasSource = (name: string): boolean => existsSync(resolve(source, `${name}.ts`))

async function bundleDoor(name: string, used: Set<string>): Promise<string[]> {
  const outfile = resolve(output, `${name}.js`)
  return write(
    await build({
      ...options,
      entryPoints: [resolve(source, `${name}.ts`)],
      outfile,
      plugins: [sharedCore(outfile, used)],
    }),
  )
}

/**
 * Whatever a door takes from the core stays in one shared file, so that an error has one class and keys one cache. Doors
 * that the command takes are the files beside it: it has to load without what they need.
 */
function sharedCore(outfile: string, used: Set<string>): Plugin {
  const toOutput = relative(dirname(outfile), output) || '.'
  return {
    name: 'shared-core',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path)
        const door = relative(source, file).replace(/\.ts$/, '')
        if (door !== 'index' && doors().includes(door))
          return { path: `${toOutput}/${door}.js`, external: true }
        if (file !== resolve(source, 'index.ts') && !file.startsWith(resolve(source, 'core/')))
          return undefined
        used.add(file)
        return { path: `${toOutput}/core.js`, external: true }
      }),
  }
}

async function bundleCore(used: Set<string>): Promise<string[]> {
  const contents = [...used].map((file) => `export * from ${JSON.stringify(file)}\n`).join('')
  const stdin = { contents, resolveDir: source, sourcefile: 'core.ts' }
  return write(await build({ ...options, stdin, outfile: resolve(output, 'core.js') }))
}

function write({ outputFiles }: { outputFiles: { path: string; text: string }[] }): string[] {
  return outputFiles.map(({ path, text }) => {
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
    return path
  })
}

/** Removes what an earlier build left of sources that are gone. */
function sweep(written: ReadonlySet<string>): void {
  for (const name of globSync('**/*.{js,ts,map}', { cwd: output })) {
    const declares = name.replace(/\.d\.ts(\.map)?$/, '.ts')
    const wanted =
      written.has(resolve(output, name)) || (declares !== name && existsSync(resolve(source, declares)))
    if (!wanted) rmSync(resolve(output, name))
  }
}

/** Writes `dist/**.d.ts`; they name the files beside them, as `tsc` does only in scripts. */
export function buildTypes(outDir: string = output): void {
  const args = ['--project', home, '--noEmit', 'false', '--outDir', outDir]
  const { status } = spawnSync('tsc', args, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
  for (const name of globSync('**/*.d.ts', { cwd: outDir })) {
    const text = readFileSync(resolve(outDir, name), 'utf8')
    writeFileSync(
      resolve(outDir, name),
      text.replace(/((?:from|import\()\s*['"]\.[^'"]+)\.ts(?=['"])/g, '$1.js'),
    )
  }
}

/** Copies what a package should show of the repository's papers. */
function copyPapers(): void {
  const root = resolve(home, '../..')
  for (const paper of globSync('{LICENSE,README.md,CHANGELOG.md}', { cwd: root })) {
    copyFileSync(resolve(root, paper), resolve(home, paper))
  }
}

/** For vitest's `globalSetup`: suites that import the built package find it fresh. */
export default async function setup(): Promise<void> {
  await buildScripts()
  copyPapers()
}

if (import.meta.main) {
  await setup()
  buildTypes()
}
