import { SessionError } from '../core/errors.ts'
import type { Script } from './scripts.ts'

interface Scripted {
  readonly keys: string[]
  readonly arguments: string[]
}

/** What is used of a pipeline of node-redis. */
export interface NodePipeline {
  evalSha(sha: string, options: Scripted): NodePipeline
  eval(script: string, options: Scripted): NodePipeline
  wait(replicas: number, milliseconds: number): NodePipeline
  execAsPipeline(): Promise<readonly unknown[]>
}

/** What is used of node-redis: a client, a pool, a cluster or a sentinel. */
export interface NodeRedis {
  /** To wait for replicas. */
  multi?(): NodePipeline
  get(key: string): Promise<unknown>
  evalSha(sha: string, options: Scripted): Promise<unknown>
  eval(script: string, options: Scripted): Promise<unknown>
}

/** What is used of ioredis: a `Redis` or a `Cluster`. */
export interface IoRedis {
  get(key: string): Promise<unknown>
  call(command: string, ...args: string[]): Promise<unknown>
  /** To wait for replicas. */
  pipeline?(commands: unknown[][]): { exec(): Promise<[Error | null, unknown][] | null> }
}

/** What is used of Bun's `RedisClient`. */
export interface BunRedis {
  get(key: string): Promise<unknown>
  send(command: string, args: string[]): Promise<unknown>
}

/** What is used of the client of `@upstash/redis`. */
export interface UpstashRedis {
  get(key: string): Promise<unknown>
  evalsha(sha: string, keys: string[], args: string[]): Promise<unknown>
  eval(script: string, keys: string[], args: string[]): Promise<unknown>
}

/** A client that the store can work with, connected by whoever made it. */
export type RedisClient = NodeRedis | IoRedis | BunRedis | UpstashRedis

/** Runs a script on a key. */
export type Evaluate = (script: Script, key: string, args: string[]) => Promise<unknown>

/** Sends a script, by name or in full. */
export type Send = (
  command: 'eval' | 'evalsha',
  script: string,
  key: string,
  args: string[],
) => Promise<unknown>

/** Runs scripts by name, or in full where the server does not know them yet. */
export function evaluator(send: Send): Evaluate {
  return async (script, key, args) => {
    try {
      return await send('evalsha', await script.sha(), key, args)
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('NOSCRIPT'))) throw error
      return send('eval', script.text, key, args)
    }
  }
}

/** How this client sends scripts. */
export function sender(client: RedisClient): Send {
  if ('evalSha' in client) {
    return (command, script, key, args) =>
      client[command === 'eval' ? 'eval' : 'evalSha'](script, { keys: [key], arguments: args })
  }
  if ('call' in client) return (command, script, key, args) => client.call(command, script, '1', key, ...args)
  if ('send' in client)
    return (command, script, key, args) => client.send(command, [script, '1', key, ...args])
  if ('evalsha' in client) return (command, script, key, args) => client[command](script, [key], args)
  throw new SessionError(
    'config',
    "redisStore: expected a client of node-redis, ioredis, Bun or @upstash/redis, connected: `createClient()` of 'redis', for example",
  )
}
