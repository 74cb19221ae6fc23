import { readFileSync } from 'node:fs'

/** The published package's folder. */
export const home: string = new URL('../', import.meta.url).pathname

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>
}

/** The published package's manifest. */
export function manifest(): Manifest {
  return JSON.parse(readFileSync(`${home}package.json`, 'utf8'))
}

/** The name of every door, as its file is called in `src` and `dist`: `index`, `hono`, `cloudflare/object`. */
export function doors(): string[] {
  return Object.keys(manifest().exports).map(nameOf)
}

/** `.` is `index`, `./cloudflare/object` is `cloudflare/object`. */
export function nameOf(importPath: string): string {
  return importPath === '.' ? 'index' : importPath.slice(2)
}
