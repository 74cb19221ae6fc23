import { median, quantile } from './stats.ts'

/** One thing to measure: `prepare` makes what one `work` takes, outside of the measured time. */
export interface Job {
  readonly name: string
  prepare(): unknown
  work(input: never): unknown
}

/** CPU time of one operation, all threads of the process, µs. */
export interface Measured {
  readonly name: string
  readonly us: number
  readonly low: number
  readonly high: number
}

export interface Pace {
  readonly rounds: number
  /** How long one job is measured in one round, ms. */
  readonly ms: number
}

const IN_FLIGHT = 32
// inputs made at a time: so many are still in the processor's caches when their turn comes, as a request's are
const BATCH = 64
const MOST = 3_000
// ms: until then engines compile
const WARM = 300

interface Running extends Job {
  count: number
  readonly samples: number[]
}

/** Measures all jobs in turns, A B C A B C with another start each round, so that what else the machine does meets them alike. */
export async function interleave(jobs: readonly Job[], { rounds, ms }: Pace): Promise<Measured[]> {
  const running = jobs.map((job): Running => ({ ...job, count: 100, samples: [] }))
  for (const job of running) await calibrate(job, ms)
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < running.length; i++) {
      const job = running[(i + round * 7) % running.length] as Running
      job.samples.push(await once(job))
    }
  }
  return running.map(({ name, samples }) => ({
    name,
    us: median(samples),
    low: quantile(samples, 0.1),
    high: quantile(samples, 0.9),
  }))
}

/** Warm first, as servers are. */
async function calibrate(job: Running, ms: number): Promise<void> {
  const until = performance.now() + WARM
  let us = await once(job)
  while (performance.now() < until) us = await once(job)
  job.count = Math.min(MOST, Math.max(8, Math.round((ms * 1000) / us)))
}

async function once(job: Running): Promise<number> {
  collect()
  let us = 0
  for (let left = job.count; left > 0; left -= BATCH) {
    const inputs: unknown[] = []
    for (let i = 0; i < Math.min(left, BATCH); i++) inputs.push(await job.prepare())
    const before = cpu()
    await workThrough(job, inputs)
    us += cpu() - before
  }
  return us / job.count
}

async function workThrough({ work }: Job, inputs: unknown[]): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let input = inputs.pop(); input !== undefined; input = inputs.pop()) {
      const result = work(input as never)
      if (result instanceof Promise) await result
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
}

/** Where it can be asked for; the young generation is large enough that garbage is collected between measurements, not in them. */
function collect(): void {
  const { gc, Bun } = globalThis as {
    gc?: (options?: { type: 'minor' }) => void
    Bun?: { gc(force: boolean): void }
  }
  if (Bun) Bun.gc(true)
  else gc?.({ type: 'minor' })
}

/** CPU time of this process so far, µs. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
