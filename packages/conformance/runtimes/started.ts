import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

const modules = resolve(import.meta.dirname, '../../../node_modules')
const bin = `${modules}/.bin`

/** The runtimes that run a script, and the command that does. */
export const runtimes: Readonly<Record<string, readonly string[]>> = {
  'Node 24': [`${modules}/node/bin/node`],
  'Node 20.19': [`${modules}/node20/bin/node`],
  'Node 26': [`${modules}/node26/bin/node`],
  Deno: [`${bin}/deno`, 'run', '--allow-all', '--unstable-kv', '--no-prompt'],
  Bun: [`${bin}/bun`, 'run'],
}

const living = new Set<ChildProcess>()

/** A process in a group of its own, so that whatever a launcher launches ends with it; and it ends with this one. */
export function spawnGroup(
  program: string,
  args: readonly string[],
  cwd: string,
  env = process.env,
): ChildProcess {
  if (living.size === 0) process.once('exit', () => living.forEach(kill))
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  living.add(child)
  child.once('exit', () => living.delete(child))
  return child
}

/** A script on its way on one of the runtimes. */
export function start(runtime: string, script: string, env = process.env): ChildProcess {
  const [program = '', ...args] = runtimes[runtime] ?? []
  return spawnGroup(program, [...args, script], resolve(import.meta.dirname, '..'), env)
}

/** Everything that a script printed, once it has ended by itself. */
export async function output(runtime: string, script: string, seconds: number): Promise<string> {
  const child = start(runtime, script)
  const late = setTimeout(() => stop(child), seconds * 1_000)
  const [printed, problem, [code]] = await Promise.all([
    text(child.stdout ?? process.stdin),
    text(child.stderr ?? process.stdin),
    once(child, 'exit'),
  ])
  clearTimeout(late)
  if (code !== 0) throw new Error(`${runtime} ended with ${code}: ${problem.slice(-2_000)}`)
  return printed
}

/** What a server prints once it listens; its later output goes nowhere. */
export async function firstLine({ stdout, stderr }: ChildProcess): Promise<string> {
  let said = ''
  stderr?.on('data', (chunk) => {
    said += chunk
  })
  if (!stdout) throw new Error('The server has no output.')
  const late = setTimeout(() => stdout.destroy(), 30_000)
  for await (const line of createInterface({ input: stdout })) {
    clearTimeout(late)
    stdout.resume()
    return line
  }
  throw new Error(`The server did not start: ${said}`)
}

/** Ends a process and what it has started, by its id. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  kill(child)
  await exit
}

function kill({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}
