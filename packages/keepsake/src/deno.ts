export { withSession } from './core/with-session.ts'
export * from './deno/kv.ts'
