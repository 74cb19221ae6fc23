import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request as overHttp } from 'node:http'
import { request as overTls } from 'node:https'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { spawnGroup, stop } from '../runtimes/started.ts'

const bin = resolve(import.meta.dirname, '../../../node_modules/.bin')
const PATIENCE = 60_000

/** A server in a process of its own. */
export interface Process {
  readonly port: number
  stop(): Promise<void>
  /** Ends it, by its id, and starts it again on the same port. */
  restart(): Promise<void>
}

export interface ProcessOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  /** It speaks https. @default false */
  readonly secure?: boolean
}

/** Starts a command of node_modules/.bin, and waits until it answers. */
export async function launch(command: readonly string[], options: ProcessOptions): Promise<Process> {
  let child = await answering(command, options)
  const end = (): Promise<void> => stop(child)
  return {
    port: options.port,
    stop: end,
    restart: async () => {
      await end()
      child = await answering(command, options)
    },
  }
}

async function answering(
  [program = '', ...args]: readonly string[],
  options: ProcessOptions,
): Promise<ChildProcess> {
  const { cwd, env, port } = options
  const child = spawnGroup(resolve(bin, program), args, cwd, {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    WRANGLER_SEND_METRICS: 'false',
    PORT: `${port}`,
    ...env,
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(String(chunk)))
  const until = Date.now() + PATIENCE
  while (Date.now() < until && child.exitCode === null) {
    if (await answers(options)) return child
    await new Promise((wake) => setTimeout(wake, 50))
  }
  await stop(child)
  throw new Error(`${[program, ...args].join(' ')} does not answer: ${said.join('').slice(-2_000)}`)
}

/** Some servers take connections before they can answer. */
function answers({ port, secure = false }: ProcessOptions): Promise<boolean> {
  const get = secure ? overTls : overHttp
  return new Promise((tell) => {
    get({ host: 'localhost', port, rejectUnauthorized: false, timeout: 5_000, agent: false })
      .on('response', (response) => {
        response.destroy()
        tell((response.statusCode ?? 500) < 500)
      })
      .on('timeout', () => tell(false))
      .on('error', () => tell(false))
      .end()
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
