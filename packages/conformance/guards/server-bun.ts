import { guarded } from './app.ts'

interface Host {
  serve(options: { hostname: string; port: number; fetch(request: Request): Promise<Response> }): {
    readonly port: number
  }
}

const { Bun } = globalThis as unknown as { readonly Bun: Host }

console.log(Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: guarded }).port)
