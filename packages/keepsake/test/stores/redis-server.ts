import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../services.ts'

/** A Redis of this test's own, which keeps nothing on disk unless it is told to. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Freezes it, thaws it, or ends it without a word. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Starts it anew on what it has kept, once it has ended. */
  restart(): Promise<void>
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

/** Starts a server on loopback, on a free port unless it is told one. */
export async function startRedis(settings: readonly string[] = [], given?: number): Promise<RedisServer> {
  const port = given ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-redis-'))
  const address = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  const args = [...address, '--save', '', '--appendonly', 'no', ...settings]
  let server = await launch(args)
  const restart = async (): Promise<void> => {
    await ended(server)
    server = await launch(args)
  }
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL')
    await ended(server)
    rmSync(folder, { recursive: true, force: true })
  }
  const signal = (name: NodeJS.Signals): void => void server.kill(name)
  return { port, url: `redis://127.0.0.1:${port}`, signal, restart, stop }
}

async function launch(args: readonly string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', args)
  await new Promise<void>((resolve, reject) => {
    let output = ''
    server.stdout.on('data', (chunk) => {
      output += chunk
      if (output.includes('Ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}:\n${output}`)))
  })
  return server
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
}

/** Starts three primaries that share the slots. */
export async function startCluster(): Promise<readonly RedisServer[]> {
  const nodes: RedisServer[] = []
  try {
    for (let node = 0; node < 3; node++) {
      const bus = String(await freePort())
      nodes.push(await startRedis(['--cluster-enabled', 'yes', '--cluster-port', bus]))
    }
    await cli('--cluster', 'create', ...nodes.map(({ port }) => `127.0.0.1:${port}`), '--cluster-yes')
    for (const { port } of nodes) await agreed(port)
    return nodes
  } catch (error) {
    for (const node of nodes) await node.stop()
    throw error
  }
}

/** Until this node, too, knows who has which slots. */
async function agreed(port: number): Promise<void> {
  while (!(await cli('-p', String(port), 'cluster', 'info')).includes('cluster_state:ok'))
    await setTimeout(50)
}

async function cli(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('redis-cli', args)).stdout
}
