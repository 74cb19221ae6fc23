import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

/** One `server` of nginx: where it passes requests on to, and what it says then. */
export interface Site {
  readonly upstream: number
  readonly port: number
  readonly tls?: boolean
  /** Directives beside `proxy_pass`. */
  readonly lines?: readonly string[]
}

const CERTIFICATE = [
  '-x509',
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-days',
  '1',
]

/** Runs nginx with these sites until the test is over; all it writes is in a folder of its own. */
export async function nginx(...sites: readonly Site[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-nginx-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  if (sites.some(({ tls }) => tls)) {
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
    await promisify(execFile)('openssl', ['req', ...CERTIFICATE, '-subj', '/CN=shop.test', ...files])
  }
  writeFileSync(join(folder, 'nginx.conf'), configuration(sites))
  const options = ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off; master_process off;']
  const server = spawn('nginx', options, { stdio: ['ignore', 'ignore', 'pipe'] })
  const said = text(server.stderr)
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  onTestFinished(async () => {
    server.kill('SIGTERM')
    await ended
  })
  for (const { port } of sites)
    if (!(await listening(port, server))) throw new Error(`nginx ended: ${await said}`)
}

function configuration(sites: readonly Site[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path temp;`,
  )
  return `pid nginx.pid; worker_processes 1; events {}
http { access_log off; ${temporary.join(' ')} ${sites.map(server).join('\n')} }`
}

function server({ port, upstream, tls, lines = [] }: Site): string {
  const listen = tls ? 'ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem' : ''
  return `server { listen 127.0.0.1:${port} ${listen};
location / { proxy_pass http://127.0.0.1:${upstream}; ${lines.join(' ')} } }`
}

/** Whether it came to listen there, before it ended. */
async function listening(port: number, process: { readonly exitCode: number | null }): Promise<boolean> {
  while (process.exitCode === null) {
    if (await accepts(port)) return true
    await setTimeout(20)
  }
  return false
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const accepted = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return accepted
}

/** What a visitor sends, and by which way. */
export interface Sending {
  readonly port: number
  readonly tls?: boolean
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
}

/** The lines of Set-Cookie, and the body, that a visitor of `shop.test` gets. */
export async function visit({ tls, headers, ...to }: Sending): Promise<{ cookies: string[]; body: string }> {
  const request = (tls ? tlsRequest : plainRequest)({
    host: '127.0.0.1',
    ...to,
    headers: { host: 'shop.test', ...headers },
    agent: false,
    rejectUnauthorized: false,
  })
  const [response] = await once(request.end(), 'response')
  return { cookies: response.headers['set-cookie'] ?? [], body: await text(response) }
}
