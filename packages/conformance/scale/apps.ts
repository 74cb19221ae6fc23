import type { ChildProcess } from 'node:child_process'
import { firstLine, start, stop } from '../runtimes/started.ts'
import type { Told } from './app/store.ts'

const PROCESSES = [
  { runtime: 'Node 24', script: 'scale/app/node.ts', client: 'node-redis' },
  { runtime: 'Node 24', script: 'scale/app/node.ts', client: 'ioredis' },
  { runtime: 'Bun', script: 'scale/app/bun.ts', client: 'ioredis' },
  { runtime: 'Deno', script: 'scale/app/deno.ts', client: 'ioredis' },
] as const

/** Processes that serve the app. */
export interface Apps {
  readonly ports: readonly number[]
  stop(): Promise<unknown>
}

/** Starts the four processes of the app on one store. */
export async function startApps(told: Told): Promise<Apps> {
  const children: ChildProcess[] = PROCESSES.map(({ runtime, script, client }) =>
    start(runtime, script, { ...process.env, SCALE_STORE: JSON.stringify(told), SCALE_CLIENT: client }),
  )
  const end = (): Promise<unknown> => Promise.all(children.map(stop))
  try {
    return { ports: (await Promise.all(children.map(firstLine))).map(Number), stop: end }
  } catch (error) {
    await end()
    throw error
  }
}
