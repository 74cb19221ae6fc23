import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { doors, home } from '../scripts/doors.ts'

type Imports = ReadonlyMap<string, readonly string[]>

/** What a door may take from the core besides the public entry: the leaves that several doors share. */
const PUBLIC_LEAVES = [
  'at-rest',
  'awaitable',
  'by-env',
  'bytes',
  'crypto',
  'duration',
  'errors',
  'kept-with',
  'known-keys',
  'line',
  'loopback',
  'midway',
  'not-before',
  'own-seals',
  'paging',
  'reader',
  'remade',
  'revocation',
  'seal-format',
  'secrets',
  'sql',
  'store',
  'text',
  'with-session',
].map((name) => `core/${name}.ts`)

/** What the command, which nothing imports, may take besides: it shows what a cookie is made of, and opens files with care. */
const FOR_THE_COMMAND: readonly string[] = [
  'core/cookie-header.ts',
  'core/explain.ts',
  'core/keys.ts',
  'core/record.ts',
  'core/seal.ts',
  'core/seal-encrypted.ts',
  'core/seal-signed.ts',
  'core/side-cookies.ts',
  'core/token.ts',
  'sqlite/database.ts',
]

/** Who may import what is not in this package. */
const PLATFORM: Readonly<Record<string, RegExp>> = {
  jwt: /^jose$/,
  hono: /^hono(\/|$)/,
  node: /^node:/,
  cli: /^node:/,
  cloudflare: /^cloudflare:/,
}

const STATIC = /^(?:import|export)\s+(?:[\w\s{},*$]+?\s+from\s+)?'([^']+)'/gm

function importsOf(source: string): string[] {
  return [...source.matchAll(STATIC)].flatMap(([, from]) => from ?? [])
}

function readSource(): Imports {
  const files = globSync('**/*.ts', { cwd: join(home, 'src') })
  return new Map(files.map((file) => [file, importsOf(readFileSync(join(home, 'src', file), 'utf8'))]))
}

/** `cloudflare.ts` and `cloudflare/kv.ts` are of one house. */
const houseOf = (file: string): string => file.replace(/(\.ts$)|(\/.*)/, '')

const isDoor = (file: string): boolean =>
  file !== 'index.ts' && (!file.includes('/') || doors().includes(file.replace(/\.ts$/, '')))

/** The command stands outside of the house, and uses it as apps do. */
const isForTheCommand = (house: string, target: string): boolean =>
  house === 'cli' && (isDoor(target) || FOR_THE_COMMAND.includes(target))

function objection(file: string, from: string): string | undefined {
  const house = houseOf(file)
  if (!from.startsWith('.')) return PLATFORM[house]?.test(from) ? undefined : 'is not for this house'
  const target = join(dirname(file), from)
  if (isForTheCommand(house, target)) return undefined
  if (isDoor(target)) return 'is a door, which only the command imports'
  if (houseOf(target) === house) return undefined
  if (house === 'core') return 'is above the core'
  if (house === 'index') return houseOf(target) === 'core' ? undefined : 'is not of the core'
  return target === 'index.ts' || PUBLIC_LEAVES.includes(target) ? undefined : 'is not public'
}

function objections(modules: Imports): string[] {
  return [...modules].flatMap(([file, imports]) =>
    imports.flatMap((from) => {
      const why = objection(file, from)
      return why ? [`${file}: ${from} ${why}`] : []
    }),
  )
}

function circles(modules: Imports): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const from of modules.get(file) ?? []) {
      if (from.startsWith('.')) visit(join(dirname(file), from), [...path, file])
    }
    done.add(file)
  }
  for (const file of modules.keys()) visit(file, [])
  return found
}

function unused(modules: Imports): string[] {
  const used = new Set([...doors(), 'cli/main'].map((name) => `${name}.ts`))
  for (const [file, imports] of modules) for (const from of imports) used.add(join(dirname(file), from))
  return [...modules.keys()].filter((file) => !used.has(file))
}

it('holds the import rule', () => {
  expect(objections(readSource())).toEqual([])
})

it('has no import circle', () => {
  expect(circles(readSource())).toEqual([])
})

it('has no file that nothing imports', () => {
  expect(unused(readSource())).toEqual([])
})

it('reads every form of import', () => {
  const source = `import 'a'
import type { B } from 'b'
import {
  type C,
  c as d,
} from 'c'
export * from 'd'
export * as e from 'e'
export type { F } from 'f'
/** @example
 * import { no } from 'comment'
 */
const text = "from 'nowhere'"`
  expect(importsOf(source)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

it.each([
  ['core/plan.ts', '../index.ts'],
  ['core/plan.ts', '../hono.ts'],
  ['core/plan.ts', 'node:crypto'],
  ['core/plan.ts', 'hono'],
  ['index.ts', './hono.ts'],
  ['index.ts', './testing/browser.ts'],
  ['hono.ts', './node.ts'],
  ['hono.ts', './core/manager.ts'],
  ['hono.ts', 'node:http'],
  ['sqlite.ts', 'node:sqlite'],
  ['cloudflare/kv.ts', '../cloudflare.ts'],
  ['cloudflare/kv.ts', '../core/record.ts'],
  ['deno.ts', './cloudflare/kv.ts'],
  ['hono.ts', './cli/table.ts'],
  ['sqlite.ts', './core/token.ts'],
  ['cli/list.ts', '../core/manager.ts'],
  ['cli/stores/redis.ts', '../../redis/client.ts'],
  ['cli/stores/redis.ts', 'redis'],
])('objects when %s imports %s', (file, from) => {
  expect(objections(new Map([[file, [from]]]))).toHaveLength(1)
})

it.each([
  ['core/plan.ts', './record.ts'],
  ['index.ts', './core/manager.ts'],
  ['hono.ts', './index.ts'],
  ['hono.ts', 'hono/factory'],
  ['node.ts', 'node:http'],
  ['cli/main.ts', 'node:util'],
  ['cli/list.ts', '../index.ts'],
  ['cli/stores/redis.ts', '../../redis.ts'],
  ['cli/stores/sqlite.ts', '../../sqlite/database.ts'],
  ['cli/inspect.ts', '../core/token.ts'],
  ['cloudflare.ts', './cloudflare/kv.ts'],
  ['cloudflare/kv.ts', '../core/store.ts'],
  ['cloudflare/object.ts', 'cloudflare:workers'],
])('lets %s import %s', (file, from) => {
  expect(objections(new Map([[file, [from]]]))).toEqual([])
})

it('finds a file that nothing imports', () => {
  const modules = new Map([
    ['index.ts', ['./core/a.ts']],
    ['core/a.ts', []],
    ['core/b.ts', []],
  ])
  expect(unused(modules)).toEqual(['core/b.ts'])
})

it('finds a circle', () => {
  const modules = new Map([
    ['core/a.ts', ['./b.ts']],
    ['core/b.ts', ['./c.ts', '../core/a.ts']],
  ])
  expect(circles(modules)).toEqual(['core/a.ts → core/b.ts → core/a.ts'])
})
