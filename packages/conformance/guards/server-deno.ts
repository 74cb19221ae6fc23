import { guarded } from './app.ts'

interface Host {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    handler: (request: Request) => Promise<Response>,
  ): { readonly addr: { readonly port: number } }
}

const { Deno } = globalThis as unknown as { readonly Deno: Host }

console.log(Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: () => {} }, guarded).addr.port)
