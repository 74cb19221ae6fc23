import { d1Store } from '../../src/cloudflare/d1.ts'
import { durableObjectStore, type SessionObjectNamespace } from '../../src/cloudflare/durable-object-store.ts'
import { kvStore } from '../../src/cloudflare/kv.ts'
import type { MakeStore } from '../../src/testing/store-contract.ts'
import { storeRaces } from '../../src/testing/store-races.ts'
import { runChecks } from './checks.ts'
import { type Batching, inBatches } from './d1-batches.ts'

export { SessionObject } from '../../src/cloudflare/object.ts'

interface Env {
  readonly KV: Parameters<typeof kvStore>[0]
  readonly D1: Batching
  readonly SESSIONS: SessionObjectNamespace<unknown>
}

/** Runs the contract where the stores live: with workerd's own bindings, clock and RPC. */
export default {
  async fetch(request: Request, { KV, D1, SESSIONS }: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    await d1Store(D1).migrate()
    const results = {
      '/kv': () => runChecks((clock) => kvStore(KV, { clock }), { consistency: 'eventual' }),
      '/d1': () => runChecks((clock) => d1Store(D1, { clock }), { sweep: true, sweepLag: 600_000 }),
      '/d1/race': () => raced(rivals(D1, searchParams), searchParams),
      '/object/race': () => raced((clock) => durableObjectStore(SESSIONS, { clock }), searchParams),
      '/object': () => runChecks((clock) => durableObjectStore(SESSIONS, { clock }), {}),
    }
    return Response.json(await results[pathname as keyof typeof results]())
  },
}

/**
 * The store of one race, each time on another connection: the first sends every call by itself, the others what is asked
 * for at once. Races run at once and by clocks of their own, which decide what is swept, so each has a table.
 */
function rivals(database: Env['D1'], asked: URLSearchParams): MakeStore {
  let connections = 0
  return async (clock) => {
    const connection = connections++ === 0 ? database : inBatches(database)
    const store = d1Store(connection, { table: `race${asked.get('race')}`, clock })
    await store.migrate()
    return store
  }
}

/** Runs all rounds of one race here, beside its store: a request for each call would take most of the time. */
async function raced(make: MakeStore, asked: URLSearchParams): Promise<string> {
  const races = storeRaces(make, { rounds: Number(asked.get('rounds')), connections: 3 })
  return races[Number(asked.get('race'))]?.run().then(() => 'stood', String) ?? 'unknown'
}
