import { type ChildProcess, spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own. */
export class Server {
  readonly name: string
  readonly url: string
  readonly #child: ChildProcess

  private constructor(name: string, url: string, child: ChildProcess) {
    this.name = name
    this.url = url
    this.#child = child
  }

  /** Starts `command <file> <name> <port>`, and waits until it answers. */
  static async start(command: readonly string[], file: string, name: string, port: number): Promise<Server> {
    const [program = '', ...args] = command
    const path = fileURLToPath(new URL(file, import.meta.url))
    const env = { ...process.env, NODE_ENV: 'production' }
    const child = spawn(program, [...args, path, name, String(port)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    })
    return Server.of(name, port, child)
  }

  static async of(name: string, port: number, child: ChildProcess): Promise<Server> {
    const server = new Server(name, `http://127.0.0.1:${port}`, child)
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null) throw new Error(`${name}: the server has ended`)
      if (
        await fetch(`${server.url}/ignore`).then(
          (response) => response.ok,
          () => false,
        )
      )
        return server
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${name}: the server does not answer`)
  }

  /** CPU time so far of all its threads, µs; to the nanosecond where the kernel counts it. */
  cpu(): number {
    const files = globSync(`/proc/${this.#child.pid}/task/*/schedstat`)
    const ns = files.map((file) => Number(readFileSync(file, 'utf8').split(' ', 1)[0]))
    return ns.reduce((sum, each) => sum + each, 0) / 1000
  }

  stop(): void {
    this.#child.kill()
  }
}
