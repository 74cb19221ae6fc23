import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../../keepsake/test/services.ts'
import { spawnGroup, stop } from '../runtimes/started.ts'

/** haproxy in front of the apps, each request to the next of them. */
export async function startProxy(
  upstreams: readonly number[],
): Promise<{ port: number; stop(): Promise<void> }> {
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'keepsake-haproxy-'))]
  writeFileSync(join(folder, 'haproxy.cfg'), configuration(port, upstreams))
  const proxy = spawnGroup('haproxy', ['-db', '-f', 'haproxy.cfg'], folder)
  proxy.stdout?.resume()
  proxy.stderr?.resume()
  while (!(await listens(port))) {
    if (proxy.exitCode !== null) throw new Error(`haproxy ended with ${proxy.exitCode}`)
    await setTimeout(20)
  }
  const end = async (): Promise<void> => {
    await stop(proxy)
    rmSync(folder, { recursive: true, force: true })
  }
  return { port, stop: end }
}

function configuration(port: number, upstreams: readonly number[]): string {
  const servers = upstreams.map((upstream, at) => `  server app${at} 127.0.0.1:${upstream}`)
  return `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend visitors
  bind 127.0.0.1:${port}
  http-request set-header x-forwarded-proto https
  default_backend apps
backend apps
  balance roundrobin
${servers.join('\n')}
`
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
