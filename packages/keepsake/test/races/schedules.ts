import { type Choose, seeded } from './choices.ts'
import { isClearing, tokenOf } from './cookies.ts'
import { judge } from './judge.ts'
import type { Laboratory } from './laboratory.ts'
import { OPS, type Op, type Setting } from './requests.ts'
import type { Call, Fault } from './scheduler.ts'
import { type Reply, World } from './world.ts'

const ACTORS = ['A', 'B', 'C']
const FAULTS: readonly Fault[] = ['fail', 'lost', 'late', 'twice']

/** What was wrong with a schedule, if anything was, and how it went. */
export interface Verdict {
  readonly problems: readonly string[]
  readonly trace: string
  readonly world: World
}

/** Requests that all set out at once; the choices are whose call is next. */
export function together(lab: Laboratory, ops: readonly Op[], choose: Choose): Promise<Verdict> {
  return schedule(lab, settingOf(ops), 1, async (world) => {
    const { base, gate } = world.bench
    for (const [i, op] of ops.entries())
      await world.start(ACTORS[i] ?? '', op, op.presents ? base.pending : base.current)
    while (gate.waiting.length > 0) await world.release(gate.waiting[choose(gate.waiting.length)] as Call)
  })
}

/** Three requests of one browser that set out at any time; answers come late or never, the store fails, a process dies. */
export function atRandom(lab: Laboratory, seed: number): Promise<Verdict> {
  const choose = seeded(seed)
  const ops = ACTORS.map(() => OPS[choose(OPS.length)] as Op)
  const faulty = choose(2) === 0
  return schedule(lab, settingOf(ops), seed, (world) => new Browser(world, ops, faulty, choose).browse())
}

async function schedule(
  lab: Laboratory,
  setting: Setting,
  seed: number,
  run: (world: World) => Promise<void>,
): Promise<Verdict> {
  const bench = await lab.bench(setting, seed)
  try {
    const world = new World(lab, bench)
    await run(world)
    const problems = await judge(world)
    return { problems, trace: world.trace.join('\n'), world }
  } finally {
    bench.close()
  }
}

/** How the session must stand for these requests to be what they are called. */
function settingOf(ops: readonly Op[]): Setting {
  const needs: Partial<Setting> = Object.assign({}, ...ops.map((op) => op.needs ?? {}))
  return { owned: true, renew: false, rotate: false, pending: false, ...needs }
}

/** One browser, and the network between it and the app. */
class Browser {
  readonly #world: World
  readonly #ops: Op[]
  readonly #faulty: boolean
  readonly #choose: Choose
  readonly #underWay = new Set<Reply>()
  #token: string | undefined
  #ticks = 3
  #deaths: number

  constructor(world: World, ops: readonly Op[], faulty: boolean, choose: Choose) {
    this.#world = world
    this.#ops = [...ops]
    this.#faulty = faulty
    this.#choose = choose
    this.#token = world.bench.base.current
    this.#deaths = faulty ? choose(2) : 0
  }

  async browse(): Promise<void> {
    for (;;) {
      const events = this.#events()
      const event = events[this.#choose(events.length)]
      if (!event) return
      await event()
    }
  }

  #events(): (() => void | Promise<void>)[] {
    const { waiting } = this.#world.bench.gate
    const calls = waiting.map((call) => () => this.#world.release(call, this.#fault(call)))
    const arrived = [...this.#underWay].filter(({ left }) => left).map((reply) => () => this.#arrive(reply))
    const moving = calls.length + arrived.length + this.#ops.length > 0
    return [
      ...calls,
      ...arrived,
      ...(this.#ops.length > 0 ? [() => this.#send()] : []),
      ...(moving && this.#ticks > 0 ? [() => this.#tick()] : []),
      ...(calls.length > 0 && this.#deaths > 0 ? [() => this.#die()] : []),
    ]
  }

  #fault({ faulty }: Call): Fault | undefined {
    return faulty && this.#faulty && this.#choose(6) === 0 ? FAULTS[this.#choose(FAULTS.length)] : undefined
  }

  async #send(): Promise<void> {
    const op = this.#ops.pop() as Op
    const token = op.presents ? this.#world.bench.base.pending : this.#token
    this.#underWay.add(await this.#world.start(ACTORS[this.#ops.length] ?? '', op, token))
  }

  /** A process ends at a call of the store; its response never comes. */
  async #die(): Promise<void> {
    const { waiting } = this.#world.bench.gate
    this.#deaths--
    const { actor } = waiting[this.#choose(waiting.length)] as Call
    for (const reply of this.#underWay) if (reply.actor === actor) this.#underWay.delete(reply)
    await this.#world.kill(actor)
  }

  /** The response comes in, or is lost. */
  #arrive(reply: Reply): void {
    this.#underWay.delete(reply)
    const lost = reply.cookies.length === 0 || this.#choose(3) === 0
    if (reply.cookies.length > 0)
      this.#world.trace.push(`${reply.actor}'s response ${lost ? 'is lost' : 'arrives'}`)
    if (!lost) this.#token = reply.cookies.some(isClearing) ? undefined : tokenOf(reply.cookies)
  }

  // all of them together stay within the grace
  #tick(): void {
    this.#ticks--
    this.#world.tick([1, 9_000][this.#choose(2)] ?? 0)
  }
}
