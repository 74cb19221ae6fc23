import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { freePort, launch, type Process } from './process.ts'

const here = import.meta.dirname
const shop = resolve(here, '../../../examples/shop')
const built = resolve(here, '../.built')

/** 32 random bytes; they guard nothing. */
const SESSION_SECRET = 'q3Zb8sVnK1xT6mYcR0wLh7GdJ5uPfEa2rWi4oCkXeNs'

/** A shop that is open, and the provider beside it, if there is one. */
export interface Shop {
  readonly origin: string
  readonly server: Process
  readonly provider?: Process
  close(): Promise<void>
}

/** Where the sessions of one shop are kept; in here, because Deno looks for node_modules from where it is started. */
function freshFolder(): string {
  mkdirSync(built, { recursive: true })
  return mkdtempSync(resolve(built, 'shop-'))
}

async function open(
  cwd: string,
  origin: string,
  command: readonly string[],
  port: number,
  env: Readonly<Record<string, string>>,
  provider?: Process,
): Promise<Shop> {
  const secure = origin.startsWith('https:')
  const server = await launch(command, { cwd, port, secure, env: { SESSION_SECRET, ...env } })
  return {
    origin,
    server,
    ...(provider && { provider }),
    close: async () => {
      await Promise.all([server.stop(), provider?.stop()])
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}

/** https://shop.test, with a provider at https://id.test. */
export async function shopOverTls(): Promise<Shop> {
  const cwd = freshFolder()
  const { key, cert } = makeCertificate(cwd, 'shop.test', 'id.test')
  const [port, idPort] = [await freePort(), await freePort()]
  const [origin, EXAMPLE_ID] = [`https://shop.test:${port}`, `https://id.test:${idPort}`]
  const command = ['node', resolve(here, 'over-tls.ts')]
  const env = { KEY: key, CERT: cert, NODE_ENV: 'production' }
  const provider = await launch(command, { cwd, port: idPort, secure: true, env: { ...env, SHOP: origin } })
  return open(cwd, origin, command, port, { ...env, EXAMPLE_ID }, provider)
}

/** http://localhost, with a provider at 127.0.0.1, which is another site. */
export async function shopOnLocalhost(): Promise<Shop> {
  const [port, idPort] = [await freePort(), await freePort()]
  const [origin, EXAMPLE_ID] = [`http://localhost:${port}`, `http://127.0.0.1:${idPort}`]
  const cwd = freshFolder()
  const started = { cwd, port: idPort, env: { SHOP: origin } }
  const provider = await launch(['node', resolve(here, 'over-http.ts')], started)
  return open(cwd, origin, ['node', `${shop}/node.ts`], port, { EXAMPLE_ID }, provider)
}

/** The shop as its own entry for a runtime starts it. */
export async function shopOn(runtime: string): Promise<Shop> {
  const port = await freePort()
  const cwd = freshFolder()
  const worker = ['wrangler', 'dev', '--config', `${shop}/wrangler.jsonc`, '--persist-to', cwd]
  const commands: Readonly<Record<string, readonly string[]>> = {
    'Node, sealed': ['node', `${shop}/node.ts`, '--sealed'],
    Deno: [
      'deno',
      'serve',
      '--port',
      `${port}`,
      '--allow-env',
      '--allow-read',
      '--allow-write',
      `${shop}/deno.ts`,
    ],
    Bun: ['bun', `${shop}/bun.ts`],
    workerd: [
      ...worker,
      '--var',
      `SESSION_SECRET:${SESSION_SECRET}`,
      '--port',
      `${port}`,
      '--inspector-port',
      '0',
    ],
  }
  return open(cwd, `http://localhost:${port}`, commands[runtime] ?? [], port, {})
}
