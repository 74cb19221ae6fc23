import { durableObjectStore, type SessionObjectNamespace } from 'keepsake/cloudflare'
import { app } from './app.ts'

export { SessionObject } from 'keepsake/cloudflare/object'

interface Env {
  readonly SESSIONS: SessionObjectNamespace<unknown>
}

let fetch: ReturnType<typeof app> | undefined

export default {
  fetch(request: Request, { SESSIONS }: Env): Promise<Response> {
    fetch ??= app(durableObjectStore(SESSIONS))
    return fetch(request)
  },
}
