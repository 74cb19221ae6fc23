import { type Runtime, runJson, runtimes } from '../measure/child.ts'
import type { Measured } from '../measure/interleave.ts'
import { atLeast, atMost, join, type Result, type Table, type Target } from '../report/result.ts'
import type { Extent } from './part.ts'

const OURS = 'keepsake, sealed'
const SYNC = 'limit: node:crypto AES-GCM'
const WEB = 'limit: WebCrypto AES-GCM'
const STEPS = ['load', 'save'] as const

type Figures = (name: string) => number

/** Load and save on Node, beside the limits and the peers. */
export async function onNode(extent: Extent): Promise<Result> {
  const small = await measured('node', 'small', extent)
  const large = await measured('node', 'large', extent)
  return join([
    {
      tables: [table('Node, 161 B session, CPU µs', small, SYNC)],
      targets: STEPS.flatMap((step) => [
        within(`sealed ${step} on Node, of the synchronous limit`, of(small), step, SYNC, 1.5),
        below(`sealed ${step} on Node, cheaper than iron-session 9`, of(small), step, 'iron-session 9', 20),
        below(`sealed ${step} on Node, cheaper than @hono/session`, of(small), step, '@hono/session', 8),
        within(
          `sealed ${step} on Node, of @fastify/secure-session`,
          of(small),
          step,
          '@fastify/secure-session',
          1.5,
        ),
      ]),
    },
    {
      tables: [table('Node, 2.5 kB session, CPU µs', large, SYNC)],
      targets: STEPS.map((step) =>
        within(`sealed ${step} of 2.5 kB on Node, of the synchronous limit`, of(large), step, SYNC, 1.4),
      ),
    },
  ])
}

/** The same where there is no `node:crypto`. */
export async function webCryptoOnly(extent: Extent): Promise<Result> {
  const small = await measured('node', 'small', extent, '--web')
  return {
    tables: [table('Node, Web Cryptography alone, 161 B session, CPU µs', small, WEB)],
    targets: STEPS.map((step) =>
      within(`sealed ${step} by Web Cryptography, of one raw call`, of(small), step, WEB, 1.3),
    ),
  }
}

export async function onBun(extent: Extent): Promise<Result> {
  return elsewhere('bun', 'Bun', 1.5, extent)
}

export async function onDeno(extent: Extent): Promise<Result> {
  return elsewhere('deno', 'Deno', 2, extent)
}

async function elsewhere(runtime: Runtime, name: string, limit: number, extent: Extent): Promise<Result> {
  const small = await measured(runtime, 'small', extent)
  return {
    tables: [table(`${name}, 161 B session, CPU µs`, small, SYNC)],
    targets: STEPS.map((step) =>
      within(`sealed ${step} on ${name}, of the synchronous limit`, of(small), step, SYNC, limit),
    ),
  }
}

/** What attackers, strangers and readers cost. */
export async function ofNoUse(extent: Extent): Promise<Result> {
  const hostile = await measured('node', 'hostile', extent)
  const idle = await measured('node', 'idle', extent)
  const figures = of([...hostile, ...idle])
  const share = (kind: string): number => figures(kind) / figures('valid')
  const over = (kind: string, base: string): number => figures(kind) - figures(base)
  return {
    tables: [
      plain('Load and first look, by what the cookie holds, CPU µs', hostile),
      plain('Requests of which nothing is kept, CPU µs', idle),
    ],
    targets: [
      ...['malformed', 'truncated', 'of a foreign key', 'of a period long gone'].map((kind) =>
        atMost(`a cookie ${kind}, of a valid one`, share(kind), 0.25),
      ),
      atMost('a well-formed forgery, of a valid one', share('forged'), 1),
      atMost(
        'no cookie, session untouched, over the handler',
        over('run, no cookie', 'the handler alone'),
        1,
        'µs',
      ),
      atMost(
        'a cookie that is not looked at, over the handler',
        over('run, cookie not looked at', 'the handler alone'),
        1,
        'µs',
      ),
    ],
  }
}

/** How the cost of load and save grows with the payload. */
export async function growth(extent: Extent): Promise<Result> {
  const sizes = extent === 'quick' ? [100, 2_000] : [100, 500, 1_000, 2_000, 2_500]
  const all = new Map<number, readonly Measured[]>()
  for (const bytes of sizes) all.set(bytes, await measured('node', `${bytes} B`, 'quick'))
  const names = peers(all.get(sizes[0] as number) ?? [])
  const cell = (name: string, bytes: number): string => {
    const figures = of(all.get(bytes) ?? [])
    return `${figures(`${name} | load`).toFixed(1)} / ${figures(`${name} | save`).toFixed(1)}`
  }
  return {
    tables: [
      {
        title: 'Load / save by payload, Node, CPU µs',
        columns: ['', ...sizes.map((bytes) => `${bytes} B`)],
        rows: names.map((name) => [name, ...sizes.map((bytes) => cell(name, bytes))]),
      },
    ],
    targets: [],
  }
}

function measured(runtime: Runtime, suite: string, extent: Extent, ...more: string[]): Promise<Measured[]> {
  const rounds = extent === 'quick' ? '7' : '31'
  const ms = extent === 'quick' ? '6' : '12'
  return runJson(runtimes[runtime], 'micro/run.ts', [
    '--suite',
    suite,
    '--rounds',
    rounds,
    '--ms',
    ms,
    ...more,
  ])
}

function of(measured: readonly Measured[]): Figures {
  const figures = new Map(measured.map(({ name, us }) => [name, us]))
  return (name) => figures.get(name) ?? Number.NaN
}

function peers(measured: readonly Measured[]): string[] {
  return [...new Set(measured.map(({ name }) => name.split(' | ')[0] ?? ''))]
}

function within(what: string, figures: Figures, step: string, base: string, limit: number): Target {
  return atMost(what, figures(`${OURS} | ${step}`) / figures(`${base} | ${step}`), limit)
}

function below(what: string, figures: Figures, step: string, peer: string, times: number): Target {
  return atLeast(what, figures(`${peer} | ${step}`) / figures(`${OURS} | ${step}`), times)
}

function table(title: string, measured: readonly Measured[], limit: string): Table {
  const figures = of(measured)
  const row = (name: string): (string | number)[] => [
    name,
    ...STEPS.flatMap((step) => {
      const us = figures(`${name} | ${step}`)
      return [us, us / figures(`${limit} | ${step}`)]
    }),
  ]
  return { title, columns: ['', 'load', '× limit', 'save', '× limit'], rows: peers(measured).map(row) }
}

function plain(title: string, measured: readonly Measured[]): Table {
  return { title, columns: ['', 'µs'], rows: measured.map(({ name, us }) => [name, us]) }
}
