import { d1Store, durableObjectStore, kvStore, type SessionObjectNamespace } from 'keepsake/cloudflare'
import type { World } from '../promises/world.ts'
import { proveOne, usualWorlds } from './prove-all.ts'

export { SessionObject } from 'keepsake/cloudflare/object'

interface Env {
  readonly KV: Parameters<typeof kvStore>[0]
  readonly D1: Parameters<typeof d1Store>[0]
  readonly SESSIONS: SessionObjectNamespace<unknown>
}

let made = 0

/** Each case has a corner of the shared binding to itself. */
function bound({ KV, D1, SESSIONS }: Env): World[] {
  const stored = { backing: 'stored', secrets: true, early: true } as const
  return [
    {
      ...stored,
      name: 'D1',
      store: async (clock) => {
        const store = d1Store(D1, { clock, table: `case_${made++}` })
        await store.migrate()
        return store
      },
    },
    {
      ...stored,
      name: 'Durable Objects',
      store: (clock) => durableObjectStore(SESSIONS, { clock, prefix: `case-${made++}:` }),
    },
    { ...stored, name: 'Workers KV', store: (clock) => kvStore(KV, { clock, prefix: `case-${made++}:` }) },
  ]
}

/** Proves one promise in one world: `/?promise=7&world=D1`. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const asked = new URL(request.url).searchParams
    const worlds = [...usualWorlds({ early: true }), ...bound(env)]
    const world = worlds.find(({ name }) => name === asked.get('world'))
    if (!world) return new Response('no such world', { status: 404 })
    return Response.json(await proveOne(Number(asked.get('promise')), world))
  },
}
