import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { home } from '../../scripts/doors.ts'

/** What a run of the command came to. */
export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How it is run: what comes on the pipe, and what else is in the environment. */
export interface Circumstances {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** @default this Node */
  readonly runtime?: readonly [string, ...string[]]
}

/** The command as it is built. */
export const command: string = join(home, 'dist/cli/main.js')

/** Runs `keepsake …`; none of this process's own settings reach it. */
export async function keepsake(
  args: readonly string[],
  { input = '', env = {}, cwd = home, runtime = [process.execPath] }: Circumstances = {},
): Promise<Run> {
  const [program, ...first] = runtime
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(program, [...first, command, ...args], { cwd, env: { PATH, HOME, ...env } })
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => {
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += chunk
    return text
  })
  child.stdin.on('error', () => undefined).end(input)
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject)
  })
  return { status, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' }
}
