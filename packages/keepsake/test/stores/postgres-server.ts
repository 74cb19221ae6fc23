import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../services.ts'

const folderOfPrograms = globSync('/usr/lib/postgresql/*/bin').sort().at(-1) ?? ''

/** What these tests need. */
export const PROGRAMS: readonly string[] = [
  join(folderOfPrograms, 'postgres'),
  join(folderOfPrograms, 'initdb'),
  'pgbouncer',
]

/** A Postgres, or a pooler in front of one, of this test's own. */
export interface PostgresServer {
  readonly port: number
  readonly url: string
  /** Freezes it with all its processes, thaws them, or ends them without a word. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Starts it anew on what it has kept, once it has ended. */
  restart(): Promise<void>
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

/** Starts a server on loopback, whose database `postgres` lets anybody in. */
export async function startPostgres(): Promise<PostgresServer> {
  const [port, folder] = [await freePort(), ownFolder()]
  const data = join(folder, 'data')
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-k', '']
  execFileSync(
    join(folderOfPrograms, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...account(), cwd: folder, stdio: 'pipe' },
  )
  const postgres = join(folderOfPrograms, 'postgres')
  return started(postgres, ['-D', data, '-p', String(port), ...settings], port, folder)
}

/** Starts pgbouncer, which gives each transaction any of its two connections. */
export async function startPooler(server: PostgresServer): Promise<PostgresServer> {
  const [port, folder] = [await freePort(), ownFolder()]
  const settings = [
    '[databases]',
    `postgres = host=127.0.0.1 port=${server.port} user=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 2',
  ]
  writeFileSync(join(folder, 'pgbouncer.ini'), settings.join('\n'))
  return started('pgbouncer', [join(folder, 'pgbouncer.ini')], port, folder)
}

/** Postgres and pgbouncer refuse to run as root. */
function account(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid = 0, gid = 0] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'postgres'])))
  return { uid, gid }
}

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-postgres-'))
  const { uid, gid } = account()
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}

async function started(
  program: string,
  args: readonly string[],
  port: number,
  folder: string,
): Promise<PostgresServer> {
  let server = await launch(program, args, port, folder)
  const signal = (name: NodeJS.Signals): void => {
    for (const pid of [...children(server), server.pid ?? 0]) signalIfThere(pid, name)
  }
  const restart = async (): Promise<void> => {
    await ended(server)
    server = await launch(program, args, port, folder)
  }
  const stop = async (): Promise<void> => {
    if (!hasEnded(server)) {
      signal('SIGCONT')
      server.kill('SIGQUIT')
    }
    await ended(server)
    rmSync(folder, { recursive: true, force: true })
  }
  return { port, url: `postgres://postgres@127.0.0.1:${port}/postgres`, signal, restart, stop }
}

async function launch(
  program: string,
  args: readonly string[],
  port: number,
  folder: string,
): Promise<ChildProcess> {
  const server = spawn(program, args, { ...account(), cwd: folder })
  let output = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  while (!(program === 'pgbouncer' ? await listens(port) : output.includes('ready to accept connections'))) {
    if (hasEnded(server)) throw new Error(`${program} ended with ${server.exitCode}:\n${output}`)
    await setTimeout(20)
  }
  return server
}

/** A connection's process may end by itself meanwhile. */
function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

async function ended(server: ChildProcess): Promise<void> {
  if (!hasEnded(server)) await once(server, 'exit')
}

/** One process a connection, each in a group of its own. */
function children({ pid }: ChildProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
