/** What wrangler.jsonc and .dev.vars give the Worker; `wrangler types` writes the long form of this. */
declare namespace Cloudflare {
  interface Env {
    readonly SESSION_SECRET: string
    readonly SESSIONS: import('keepsake/cloudflare').SessionObjectNamespace<unknown>
  }
}
