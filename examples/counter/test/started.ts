import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'

const bin = resolve(import.meta.dirname, '../../../node_modules/.bin')
const common = { ...process.env, PATH: `${bin}:${process.env.PATH}`, WRANGLER_SEND_METRICS: 'false' }

/** A server in a process of its own, that answers at `origin`. */
export interface Started {
  readonly origin: string
  readonly port: number
  stop(): Promise<void>
}

export interface StartOptions {
  readonly cwd: string
  readonly env?: Record<string, string>
  /** @default a free one */
  readonly port?: number
}

/** Starts a command of node_modules/.bin and waits until it answers; `{port}` in it is the port, and so is PORT. */
export async function start(command: string, { cwd, env = {}, port }: StartOptions): Promise<Started> {
  const at = port ?? (await freePort())
  const [program = '', ...args] = command.replaceAll('{port}', String(at)).split(' ')
  // In a group of its own, so that whatever a launcher launches ends with it.
  const child = spawn(resolve(bin, program), args, {
    cwd,
    detached: true,
    env: { ...common, ...env, PORT: `${at}` },
  })
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => log.push(String(chunk)))
  const origin = `http://localhost:${at}`
  await answering(origin, child, log)
  return { origin, port: at, stop: () => stopped(child) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

async function answering(origin: string, child: ChildProcess, log: readonly string[]): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(origin, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((wake) => setTimeout(wake, 50))
  }
  throw new Error(`It ended before it answered:\n${log.join('')}`)
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const exit = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await exit
}
