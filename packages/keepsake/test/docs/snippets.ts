import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The repository. */
export const root: string = new URL('../../../../', import.meta.url).pathname

/** Where snippets become files: within the repository, so that `keepsake` is found as in any app. */
export const folder: string = new URL('./.snippets/', import.meta.url).pathname

/** A block of code on a page. */
export interface Snippet {
  readonly page: string
  /** The heading it stands under. */
  readonly heading: string
  readonly code: string
}

/** The papers of the repository, by their paths. */
export function pages(): string[] {
  return globSync(['*.md', 'docs/**/*.md', 'examples/*/*.md'], { cwd: root }).sort()
}

/** The text of a page. */
export function pageText(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** The blocks of a page in one language, in order. */
export function snippetsOf(page: string, language: string): Snippet[] {
  const found: Snippet[] = []
  let heading = ''
  for (const [, title, kind, code = ''] of pageText(page).matchAll(
    /^#+ ([^\n]+)$|^```(\w*)\n(.*?)^```$/gms,
  )) {
    if (title !== undefined) heading = title
    else if (kind === language) found.push({ page, heading, code })
  }
  return found
}

/** Writes the files into a fresh folder. */
export function writeFiles(files: Iterable<readonly [name: string, text: string]>): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
}
