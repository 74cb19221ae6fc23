export * from './cloudflare/d1.ts'
export * from './cloudflare/durable-object-store.ts'
export * from './cloudflare/kv.ts'
export * from './cloudflare/with-session.ts'
