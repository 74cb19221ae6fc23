import type { Job } from '../measure/interleave.ts'
import type { Data } from './data.ts'
import type { AtWork, Subject } from './subject.ts'

/** Load and save by every library that runs here, on the same data. */
export async function sideBySide(web: boolean, data: Data): Promise<readonly Job[]> {
  const started = await Promise.all((await subjects(web)).map((subject) => start(subject, data)))
  return started.flatMap(({ name, load, save }): Job[] => [
    { name: `${name} | load`, ...load },
    { name: `${name} | save`, ...save },
  ])
}

/** Imported here, because what a runtime lacks must not stop the others. */
async function subjects(web: boolean): Promise<Subject[]> {
  const { keepsake } = await import('./subjects/keepsake.ts')
  const { nodeLimit, webLimit } = await import('./subjects/limits.ts')
  const { ironSession } = await import('./subjects/iron-session.ts')
  const { honoSession } = await import('./subjects/hono-session.ts')
  const everywhere = [keepsake, webLimit, ironSession, honoSession]
  if (web) return everywhere
  if (!isNode()) return [nodeLimit, ...everywhere]
  const { secureSession } = await import('./subjects/secure-session.ts')
  return [nodeLimit, secureSession, ...everywhere]
}

async function start(subject: Subject, data: Data): Promise<AtWork & { name: string }> {
  const atWork = await subject.start(data)
  await check(subject.name, atWork, data)
  return { ...atWork, name: subject.name }
}

/** Who does not give back what it was given is not measured. */
async function check(name: string, { load, save }: AtWork, data: Data): Promise<void> {
  const found = await load.work((await load.prepare()) as never)
  if (canonical(found) !== canonical(data)) throw new Error(`${name}: load gives ${JSON.stringify(found)}`)
  const told = (await save.work((await save.prepare()) as never)) as string[]
  if (!told[0]?.includes('=')) throw new Error(`${name}: save tells ${JSON.stringify(told)}`)
}

function canonical(value: unknown): string {
  return JSON.stringify(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isNode(): boolean {
  return !('Bun' in globalThis) && !('Deno' in globalThis)
}
