import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { usage } from '../failure.ts'

/** What a module exports; each client has its own. */
// biome-ignore lint/suspicious/noExplicitAny: clients are typed where they are used, by the methods that are
export type Module = any

/** Makes something of a package. */
type Makers<Made> = Readonly<Record<string, (module: Module) => Promise<Made>>>

type Import = (name: string) => Promise<Module>

/** The app's own packages come before those that are installed beside this command. */
const PLACES: readonly Import[] = [
  (name) => import(pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(name)).href),
  (name) => import(name),
]

/** What the first of these packages makes that is installed. @throws {Failure} 2, where none is */
export async function withInstalled<Made>(what: string, makers: Makers<Made>): Promise<Made> {
  for (const place of PLACES) {
    for (const [name, make] of Object.entries(makers)) {
      const module = await imported(name, place)
      if (module) return make({ ...module.default, ...module })
    }
  }
  const names = Object.keys(makers)
  throw usage(`${what} needs a client, ${names.join(' or ')}, installed here: npm install ${names[0]}`)
}

async function imported(name: string, place: Import): Promise<Module | undefined> {
  try {
    return await place(name)
  } catch (error) {
    if (isMissing(error, name)) return undefined
    throw error
  }
}

/** A package that is there, but lacks a part of its own, is not missing. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return /MODULE_NOT_FOUND$/.test(code ?? '') && message?.includes(`'${name}'`) === true
}
