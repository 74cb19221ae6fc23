import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { doors, home, manifest } from '../scripts/doors.ts'
import { bundle, report, sizes } from '../scripts/size.ts'

const read = (file: string): string => readFileSync(join(home, file), 'utf8')

it('has one import path a source door', () => {
  const sources = globSync('*.ts', { cwd: join(home, 'src') }).map((file) => file.replace(/\.ts$/, ''))
  expect(doors()).toEqual(expect.arrayContaining(sources))
  expect(doors().filter((name) => !existsSync(join(home, 'src', `${name}.ts`)))).toEqual([])
})

it('exports what the build writes', () => {
  for (const [path, target] of Object.entries(manifest().exports)) {
    const file = path === '.' ? './index' : path
    expect(target).toEqual({
      types: `${file.replace('.', './dist')}.d.ts`,
      default: `${file.replace('.', './dist')}.js`,
    })
  }
})

it('has the same doors on JSR, from source', () => {
  const { exports } = JSON.parse(read('jsr.json'))
  const expected = Object.keys(manifest().exports).map((path) => [
    path,
    path === '.' ? './src/index.ts' : `./src${path.slice(1)}.ts`,
  ])
  expect(exports).toEqual(Object.fromEntries(expected))
})

it('has the version that JSR has', () => {
  expect(JSON.parse(read('jsr.json')).version).toBe(JSON.parse(read('package.json')).version)
})

it('has no run-time dependency', () => {
  expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies')
})

it.each(doors().filter((name) => name !== 'cloudflare/object'))('%s loads as built', async (name) => {
  expect(Object.keys(await import(join(home, 'dist', `${name}.js`)))).not.toEqual([])
})

it('keeps the core in one file, which every door shares', () => {
  const scripts = globSync('**/*.js', { cwd: join(home, 'dist') }).map((file) => file.replace(/\.js$/, ''))
  expect(scripts.sort()).toEqual([...doors(), 'cli/main', 'core'].sort())
})

it('stays within its size', async () => {
  const figures = await sizes()
  process.stdout.write(`${report(figures)}\n`)
  for (const { what, bytes, budget } of figures) expect(bytes, what).toBeLessThanOrEqual(budget)
})

it('T-G6: leaves no debugger in a bundle', async () => {
  const text = new TextDecoder().decode(await bundle("export * from 'keepsake'"))
  expect(text).not.toMatch(/\bdebugger\b/)
})

it('packs the build, the source and the papers, nothing else', () => {
  const [{ files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], { cwd: home, encoding: 'utf8' }),
  )
  const tops = new Set(files.map(({ path }: { path: string }) => path.split('/')[0]))
  expect([...tops].sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist',
    'jsr.json',
    'package.json',
    'src',
  ])
})
