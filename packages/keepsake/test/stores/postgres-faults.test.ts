import { describe, it, onTestFinished } from 'vitest'
import { postgresStore } from '../../src/postgres.ts'
import { installed } from '../services.ts'
import { type Fault, strikeMidway } from './fault-suite.ts'
import { app } from './manager-suite.ts'
import { CLIENTS, type Connected } from './postgres-clients.ts'
import { type PostgresServer, PROGRAMS, startPostgres } from './postgres-server.ts'
import { startProxy } from './tcp-proxy.ts'

async function started(): Promise<PostgresServer> {
  const server = await startPostgres()
  onTestFinished(() => server.stop())
  return server
}

describe.runIf(installed(...PROGRAMS)).each(['pg', 'postgres'])(
  'P27: faults of Postgres while visitors count, through %s',
  { timeout: 60_000 },
  (kind) => {
    const through = async (server: PostgresServer, fault: Fault): Promise<void> => {
      const { client, end } = CLIENTS[kind]?.(server) as Connected
      onTestFinished(end)
      const store = postgresStore(client)
      await store.migrate()
      await strikeMidway(`Postgres, ${kind}`, app(store, end), fault)
    }

    it('killed and started again', async () => {
      const server = await started()
      await through(server, {
        name: '`kill -9`, restart',
        strike: () => server.signal('SIGKILL'),
        heal: server.restart,
      })
    })

    it('stopped, and gone on', async () => {
      const server = await started()
      await through(server, {
        name: '`SIGSTOP`, later `SIGCONT`',
        strike: () => server.signal('SIGSTOP'),
        heal: () => server.signal('SIGCONT'),
      })
    })

    it.each(['cuts', 'delays', 'truncates'] as const)('behind a network that %s', async (weather) => {
      const server = await started()
      const proxy = await startProxy(server.port)
      onTestFinished(() => proxy.close())
      const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`)
      await through(
        { ...server, port: proxy.port, url },
        {
          name: `a network that ${weather}`,
          strike: () => proxy.turn(weather),
          heal: () => proxy.turn('fair'),
        },
      )
    })
  },
)
