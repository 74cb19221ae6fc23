import { d1Store } from '../../src/cloudflare/d1.ts'
import { durableObjectStore, type SessionObjectNamespace } from '../../src/cloudflare/durable-object-store.ts'
import { kvStore } from '../../src/cloudflare/kv.ts'
import { runChecks, runRaces } from './checks.ts'
import { RACES } from './cloudflare-races.ts'

export { SessionObject } from '../../src/cloudflare/object.ts'

interface Env {
  readonly KV: Parameters<typeof kvStore>[0]
  readonly D1: Parameters<typeof d1Store>[0]
  readonly SESSIONS: SessionObjectNamespace<unknown>
}

/** Runs the contract where the stores live: with workerd's own bindings, clock and RPC. */
export default {
  async fetch(request: Request, { KV, D1, SESSIONS }: Env): Promise<Response> {
    await d1Store(D1).migrate()
    const results = {
      '/kv': () => runChecks((clock) => kvStore(KV, { clock }), { consistency: 'eventual' }),
      '/d1': () => runChecks((clock) => d1Store(D1, { clock }), { sweep: true }),
      '/d1/races': () => runRaces((clock) => d1Store(D1, { clock }), RACES),
      '/object/races': () => runRaces((clock) => durableObjectStore(SESSIONS, { clock }), RACES),
      '/object': () => runChecks((clock) => durableObjectStore(SESSIONS, { clock }), {}),
    }
    return Response.json(await results[new URL(request.url).pathname as keyof typeof results]())
  },
}
