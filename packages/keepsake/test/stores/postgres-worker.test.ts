import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../../src/postgres.ts'
import { SECRETS } from '../core/kit.ts'
import { installed } from '../services.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from './postgres-server.ts'

interface Answer {
  readonly manager: number
  readonly id: string
  readonly views: number
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL('./postgres-worker.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    conditions: ['workerd', 'worker'],
    external: ['cloudflare:*', 'pg-native'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
  })
  return outputFiles[0]?.text ?? ''
}

describe.runIf(installed(...PROGRAMS))('a manager for each request, in workerd', () => {
  let server: PostgresServer
  let worker: Miniflare

  beforeAll(async () => {
    server = await startPostgres()
    const client = new Client(server.url)
    await client.connect()
    await postgresStore(client).migrate()
    await client.end()
    worker = new Miniflare({
      modules: true,
      script: await bundle(),
      compatibilityDate: '2026-04-01',
      compatibilityFlags: ['nodejs_compat'],
      bindings: { SESSION_SECRET: SECRETS[0] as string, DATABASE_URL: server.url },
    })
  }, 120_000)

  afterAll(async () => {
    await worker.dispose()
    await server.stop()
  })

  async function visit(cookie?: string): Promise<{ answer: Answer; cookie: string }> {
    const response = await worker.dispatchFetch(
      'https://example.test/',
      cookie === undefined ? {} : { headers: { cookie } },
    )
    const [line = ''] = response.headers.getSetCookie()
    return { answer: (await response.json()) as Answer, cookie: line.split(';', 1)[0] as string }
  }

  it('shares nothing but the database: visitors at once are kept apart, and none waits for another', async () => {
    const visitors = await Promise.all(Array.from({ length: 8 }, () => visit()))
    const again = await Promise.all(visitors.flatMap(({ cookie }) => [visit(cookie), visit(cookie)]))
    const managers = [...visitors, ...again].map(({ answer }) => answer.manager)
    expect(new Set(managers).size).toBe(24)
    for (const [i, { answer }] of visitors.entries()) {
      const two = again.slice(2 * i, 2 * i + 2).map((visited) => visited.answer)
      expect(two.map(({ id }) => id)).toEqual([answer.id, answer.id])
      expect(two.map(({ views }) => views).sort()).toEqual([2, 3])
    }
  }, 60_000)
})
