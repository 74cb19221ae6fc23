/** An app's bindings, as Workers' own types have it: declare it again to add one's own. */
declare namespace Cloudflare {
  interface Env {}
}

/** What is used of the module that only workerd has; its full types are globals, which would hide the web's own. */
declare module 'cloudflare:workers' {
  import type { DurableObjectState } from '@cloudflare/workers-types'

  export const env: Cloudflare.Env

  export abstract class DurableObject<Env = Cloudflare.Env> {
    protected readonly ctx: DurableObjectState
    protected readonly env: Env
    constructor(ctx: DurableObjectState, env: Env)
  }
}
