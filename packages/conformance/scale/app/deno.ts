import { app } from './app.ts'
import { storeFor } from './store.ts'

interface Host {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    handler: (request: Request) => Promise<Response>,
  ): { readonly addr: { readonly port: number } }
}

const { Deno } = globalThis as unknown as { readonly Deno: Host }
const { addr } = Deno.serve(
  { hostname: '127.0.0.1', port: 0, onListen: () => {} },
  app(await storeFor('ioredis')),
)
console.log(addr.port)
