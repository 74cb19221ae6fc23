export * from './deno/kv.ts'
