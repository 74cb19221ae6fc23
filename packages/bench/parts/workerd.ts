import { readFileSync } from 'node:fs'
import type { Server } from '../http/server.ts'
import { startWorker } from '../http/workers.ts'
import { median } from '../measure/stats.ts'
import { atLeast, atMost, type Result } from '../report/result.ts'
import type { Extent } from './part.ts'

const NAMES = ['keepsake, sealed', 'limit: WebCrypto AES-GCM', 'iron-session 9', '@hono/session']
const STEPS = ['load', 'save'] as const
const COUNT = 1_000
// engines compile meanwhile
const WARM = 6

/** Load and save in workerd: CPU time of the process with the work, less that of what prepares it. */
export async function onWorkerd(extent: Extent): Promise<Result> {
  const source = readFileSync(new URL('../micro/worker.ts', import.meta.url), 'utf8')
  const server = await startWorker('micro', source.replaceAll("from './", "from '../micro/"), 20_780)
  const us = new Map<string, number>()
  try {
    for (const [key, samples] of await sample(server, extent === 'quick' ? 3 : 15))
      us.set(key, median(samples))
  } finally {
    server.stop()
  }
  const of = (name: string, step: string): number => us.get(`${name} | ${step}`) ?? Number.NaN
  const ratio = (name: string, base: string, step: string): number => of(name, step) / of(base, step)
  const [ours = '', limit = '', ...peers] = NAMES
  return {
    tables: [
      {
        title: 'workerd, 161 B session, CPU µs',
        columns: ['', 'load', '× limit', 'save', '× limit'],
        rows: NAMES.map((name) => [
          name,
          ...STEPS.flatMap((step) => [of(name, step), ratio(name, limit, step)]),
        ]),
      },
    ],
    targets: STEPS.flatMap((step) => [
      atMost(`sealed ${step} on workerd, of WebCrypto AES-GCM`, ratio(ours, limit, step), 2),
      ...peers.map((peer) =>
        atLeast(`sealed ${step} on workerd, cheaper than ${peer}`, ratio(peer, ours, step), 3),
      ),
    ]),
  }
}

async function sample(server: Server, rounds: number): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>()
  for (let round = -Math.min(WARM, rounds); round < rounds; round++) {
    for (const name of NAMES) {
      for (const step of STEPS) {
        const spent = (await cost(server, name, step, '1')) - (await cost(server, name, step, ''))
        if (round >= 0)
          samples.set(`${name} | ${step}`, [...(samples.get(`${name} | ${step}`) ?? []), spent / COUNT])
      }
    }
  }
  return samples
}

async function cost(server: Server, name: string, step: string, works: string): Promise<number> {
  const query = new URLSearchParams({ name, step, works, count: String(COUNT) })
  const before = server.cpu()
  const response = await fetch(`${server.url}/?${query}`)
  if (!response.ok) throw new Error(`${name}, ${step}: ${await response.text()}`)
  await response.text()
  return server.cpu() - before
}
