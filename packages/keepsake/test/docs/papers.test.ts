import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob } from 'node:path'
import { expect, it } from 'vitest'
import { randomBytes, toBase64url } from '../../src/core/bytes.ts'
import { SessionManager } from '../../src/index.ts'
import { pages, pageText, root } from './snippets.ts'

/** What a newcomer sees first; anything else belongs further down. */
const TOP_LEVEL = [
  '.ci',
  '.editorconfig',
  '.gitignore',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'biome.json',
  'docs',
  'examples',
  'package-lock.json',
  'package.json',
  'packages',
  'tsconfig.json',
  'vitest.workspace.ts',
]

const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((pattern) => pattern.replace(/\/$/, ''))

it('keeps the top level to what belongs there', () => {
  const names = readdirSync(root).filter(
    (name) => name !== '.git' && !ignored.some((pattern) => matchesGlob(name, pattern)),
  )
  expect(names.sort()).toEqual(TOP_LEVEL)
})

/** Where the links of a page lead within the repository, without those that lead out of it. */
function links(page: string): string[] {
  return Array.from(pageText(page).matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  )
}

/** The anchors that a page's headings have. */
function anchors(page: string): string[] {
  return Array.from(pageText(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

it.each(pages())('%s links to what exists', (page) => {
  const missing = links(page).filter((target) => {
    const [path = '', anchor] = target.split('#')
    const file = path ? join(dirname(page), path) : page
    return !existsSync(join(root, file)) || (anchor !== undefined && !anchors(file).includes(anchor))
  })
  expect(missing).toEqual([])
})

it.each(pages())('%s names paths that exist', (page) => {
  const named = Array.from(
    pageText(page).matchAll(/`((?:packages|examples|docs|\.ci)\/[\w./*-]+)`/g),
    ([, path = '']) => path,
  )
  expect(named.filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([])
})

it('maps every file of the core', () => {
  const mapped = Array.from(
    pageText('CONTRIBUTING.md').matchAll(/^\| `([a-z-]+\.ts)` \|/gm),
    ([, file]) => file,
  )
  expect(mapped.sort()).toEqual(readdirSync(join(root, 'packages/keepsake/src/core')).sort())
})

/** The options that a manager names when it is given one that it does not know. */
function optionsOf(within: object): string[] {
  const make = (): unknown => new SessionManager({ secrets: toBase64url(randomBytes(32)), ...within })
  expect(make).toThrow(/there are /)
  try {
    make()
  } catch (error) {
    return (error as Error).message
      .replace(/^.*there are /, '')
      .split(', ')
      .sort()
  }
  return []
}

/** The names in the first column of the README's table under this head. */
function table(head: string): string[] {
  const [, rows = ''] = pageText('README.md').split(`| ${head} |`)
  const [body = ''] = rows.split('\n\n')
  const cells = Array.from(body.matchAll(/^\| (`.+?) \|/gm), ([, cell = '']) => cell)
  return cells.flatMap((cell) => cell.replaceAll('`', '').split(', ')).sort()
}

it('lists every option there is', () => {
  expect(table('option')).toEqual(optionsOf({ somethingElse: true }))
  expect(table('cookie')).toEqual(optionsOf({ cookie: { somethingElse: true } }))
})

it('lists every option of keepsake/node', () => {
  const files = globSync('packages/keepsake/src/node/*.ts', { cwd: root })
  const [, ...options] = files
    .map(pageText)
    .join()
    .split(/interface \w*Options\b[^{]*\{/)
  const names = options.flatMap((body) =>
    Array.from((body.split('\n}')[0] ?? '').matchAll(/^ {2}readonly (\w+)/gm), ([, name = '']) => name),
  )
  expect(names).toContain('trustProxy')
  expect(table('`keepsake/node`')).toEqual(names.sort())
})

it('says what every script does', () => {
  const { scripts } = JSON.parse(pageText('package.json')) as { scripts: Record<string, string> }
  const page = pageText('CONTRIBUTING.md')
  const untold = Object.keys(scripts).filter(
    (name) => !/^(start|test)$/.test(name) && !page.includes(`\`npm run ${name}\``),
  )
  expect(untold).toEqual([])
})

/** A secret that travels is a token, a public name an id; other libraries' words for either would blur that. */
const FOREIGN = /\bsids?\b|session[ -]?(?:id )?tokens?\b|\bsession ?ids?\b|\bsession key\b/i

it.each(pages())('%s keeps to our words', (page) => {
  // the name of a header
  const text = pageText(page).replaceAll('Session-Token', 'Token')
  // pages for those who come from elsewhere quote what is called otherwise there
  const own = /^docs\/(coming-from\/|moving-in)/.test(page)
    ? text.replace(/`[^`\n]*`|\[[^\]\n]*\]/g, '')
    : text
  expect(own.match(FOREIGN)?.[0]).toBeUndefined()
})
