import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How each runtime runs one of our files, with garbage collection at hand where there is a way. */
export const runtimes = {
  node: ['node', '--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'],
  bun: ['bun'],
  deno: ['deno', 'run', '-A', '--v8-flags=--expose-gc,--min-semi-space-size=64,--max-semi-space-size=64'],
} as const

export type Runtime = keyof typeof runtimes

/** What a program of ours prints, as JSON. */
export async function runJson<Printed>(
  command: readonly string[],
  file: string,
  args: readonly string[],
): Promise<Printed> {
  return JSON.parse(await run([...command, fileURLToPath(new URL(`../${file}`, import.meta.url)), ...args]))
}

/** What a program prints. @throws {Error} when it fails. */
export function run(
  [command = '', ...args]: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...more },
    })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(text)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}`))
    })
  })
}
