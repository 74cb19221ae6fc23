import { type D1Store, d1Store } from '../../src/cloudflare/d1.ts'
import { durableObjectStore, type SessionObjectNamespace } from '../../src/cloudflare/durable-object-store.ts'
import { kvStore } from '../../src/cloudflare/kv.ts'
import type { MakeStore } from '../../src/testing/store-contract.ts'
import { storeRaces } from '../../src/testing/store-races.ts'
import { runChecks } from './checks.ts'

export { SessionObject } from '../../src/cloudflare/object.ts'

interface Env {
  readonly KV: Parameters<typeof kvStore>[0]
  readonly D1: Parameters<typeof d1Store>[0]
  readonly SESSIONS: SessionObjectNamespace<unknown>
}

/** Runs the contract where the stores live: with workerd's own bindings, clock and RPC. */
export default {
  async fetch(request: Request, { KV, D1, SESSIONS }: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    await d1Store(D1).migrate()
    const results = {
      '/kv': () => runChecks((clock) => kvStore(KV, { clock }), { consistency: 'eventual' }),
      '/d1': () => runChecks((clock) => d1Store(D1, { clock }), { sweep: true }),
      '/d1/race': () => raced((clock) => ownTable(D1, searchParams, clock), searchParams),
      '/object/race': () => raced((clock) => durableObjectStore(SESSIONS, { clock }), searchParams),
      '/object': () => runChecks((clock) => durableObjectStore(SESSIONS, { clock }), {}),
    }
    return Response.json(await results[pathname as keyof typeof results]())
  },
}

/** Races run at once, each by a clock of its own, which decides what a store sweeps from its table. */
async function ownTable(database: Env['D1'], asked: URLSearchParams, clock: () => number): Promise<D1Store> {
  const store = d1Store(database, { table: `race${asked.get('race')}`, clock })
  await store.migrate()
  return store
}

/** Runs all rounds of one race here, beside its store: a request for each call would take most of the time. */
async function raced(make: MakeStore, asked: URLSearchParams): Promise<string> {
  const races = storeRaces(make, { rounds: Number(asked.get('rounds')), connections: 3 })
  return races[Number(asked.get('race'))]?.run().then(() => 'stood', String) ?? 'unknown'
}
