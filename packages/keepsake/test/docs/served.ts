import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { randomBytes, toBase64url } from '../../src/core/bytes.ts'
import { generateJwk } from '../../src/jwt.ts'
import { folder, root } from './snippets.ts'

/** What snippets find in their environment. */
export const environment: Record<string, string> = {
  SESSION_SECRET: toBase64url(randomBytes(32)),
  SESSION_JWK: JSON.stringify(await generateJwk('ES256')),
  // both are told where to listen: a test neither takes a fixed port nor is seen outside
  DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0',
  DENO_DIR: join(folder, 'deno'),
}

/** For `bun --preload`: Bun listens where everybody sees it unless the app says otherwise. */
export const BUN_PRELOAD: string = `
const serve = Bun.serve
Bun.serve = (options) => {
  const server = serve({ ...options, hostname: '127.0.0.1', port: 0 })
  console.log('Listening on ' + server.url)
  return server
}
`

/** A server in a process of its own, as a runtime of `node_modules/.bin` starts it. */
export async function served<T>(command: readonly string[], use: (url: string) => Promise<T>): Promise<T> {
  const [runtime = '', ...args] = command
  const env = { ...process.env, ...environment, NO_COLOR: '1' }
  const server = spawn(join(root, 'node_modules/.bin', runtime), args, { cwd: folder, env })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = ''
      const read = (chunk: Buffer): void => {
        output += chunk
        const [, address] = /Listening on (http:\S+)/.exec(output) ?? []
        if (address) resolve(address)
      }
      server.stdout.on('data', read)
      server.stderr.on('data', read)
      server.once('error', reject)
      server.once('exit', (code) => reject(new Error(`${command.join(' ')} ended with ${code}:\n${output}`)))
    })
    return await use(url)
  } finally {
    server.kill()
    await ended
  }
}

/** What two requests of one visitor are answered. */
export async function twice(ask: (cookie: string) => Promise<Response>): Promise<string[]> {
  const first = await ask('')
  const [cookie = ''] = first.headers.getSetCookie()
  return [await first.text(), await (await ask(cookie.split(';', 1)[0] ?? '')).text()]
}
