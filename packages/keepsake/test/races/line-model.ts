import type { Line } from '../../src/core/line.ts'
import { readRecord } from '../../src/core/record.ts'
import { generationOf, isClearing, tokenOf } from './cookies.ts'
import type { Laboratory } from './laboratory.ts'
import { HOUR, inGrace, isDue, keyOf } from './line-key.ts'
import type { Op } from './requests.ts'
import type { Call, Fault } from './scheduler.ts'
import type { Model, Step } from './states.ts'
import { type Reply, World } from './world.ts'

/** A request that may wait until the response to another has arrived. */
export type Planned = Op & { readonly after?: string }

/** What happens to one session's line of tokens. */
export interface Plot {
  readonly browser: readonly Planned[]
  /** Requests of somebody who copies the browser's token at any moment, and then behaves like a browser. */
  readonly thief?: readonly Planned[]
  /** How often a rotation falls due. */
  readonly rotations: number
  /** How often the browser rests for long enough to be renewed. */
  readonly rests?: number
  readonly faults?: readonly Fault[]
  /** What must not be, or what is looked for. */
  readonly wrong: (model: LineModel) => Promise<string | undefined>
}

export type Who = 'browser' | 'thief'

/** A request under way, or its response. */
export interface Sent {
  readonly who: Who
  readonly reply: Reply
}

/** One record, one browser, perhaps a thief; each step is one call of the real manager's store, or one response. */
export class LineModel implements Model {
  readonly world: World
  readonly tokens: { browser: string | undefined; thief: string | undefined }
  readonly ended: Sent[] = []
  /** The generation that the thief copied. */
  stolen: number | undefined
  readonly #plot: Plot
  readonly waiting: { readonly who: Who; readonly op: Planned }[]
  readonly underWay: Sent[] = []
  /** Logins whose response came in. */
  readonly arrived: string[] = []
  /** How many have not fallen due yet. */
  rotations: number
  rests: number

  constructor(plot: Plot, world: World) {
    this.#plot = plot
    this.world = world
    this.tokens = { browser: world.bench.base.current, thief: undefined }
    this.rotations = plot.rotations
    this.rests = plot.rests ?? 0
    const all = { browser: plot.browser, thief: plot.thief ?? [] }
    this.waiting = (['browser', 'thief'] as const).flatMap((who) => all[who].map((op) => ({ who, op })))
  }

  static async begin(lab: Laboratory, plot: Plot): Promise<LineModel> {
    const setting = { owned: false, renew: false, rotate: false, pending: false }
    return new LineModel(plot, new World(lab, await lab.bench(setting, 1)))
  }

  async close(): Promise<void> {
    await this.world.bench.gate.close()
    this.world.bench.close()
  }

  wrong(): Promise<string | undefined> {
    return this.#plot.wrong(this)
  }

  /** The line in the record; `undefined` when that is gone. */
  async line(): Promise<Line | undefined> {
    const { base, gate } = this.world.bench
    const record = await gate.inner.get(base.id)
    return record ? readRecord(record.value)?.short.t : undefined
  }

  async steps(): Promise<Step[]> {
    const line = await this.line()
    return [
      ...(line ? this.#time(line) : []),
      ...this.#theft(),
      ...this.#sending(),
      ...this.world.bench.gate.waiting.flatMap((call) => this.#calling(call)),
      ...this.#arriving(),
    ]
  }

  key(): Promise<string> {
    return keyOf(this)
  }

  /** Time passes a limit; not the grace's while the response to whoever showed the former token is under way. */
  #time(line: Line): Step[] {
    const late = this.underWay.some(
      ({ who, reply }) =>
        who === 'browser' && reply.presented && generationOf(reply.presented) === line.generation - 1,
    )
    if (inGrace(this.world.now, line) && late) return []
    const until = line.former?.until ?? 0
    const steps: Step[] = []
    if (inGrace(this.world.now, line))
      steps.push({ label: 'grace over', go: () => this.world.tick(until - this.world.now) })
    if (this.rotations > 0 && !isDue(this.world.now, line))
      steps.push({ label: 'rotation due', go: () => this.#fallDue(line) })
    if (this.rests > 0) steps.push({ label: 'a rest', go: () => this.#rest() })
    return steps
  }

  #rest(): void {
    this.rests--
    this.world.tick(HOUR / 5)
  }

  #fallDue(line: Line): void {
    this.rotations--
    this.world.tick(line.since + HOUR - this.world.now)
  }

  #theft(): Step[] {
    const token = this.tokens.browser
    if (!this.#plot.thief || this.stolen !== undefined || token === undefined) return []
    const go = (): void => {
      this.tokens.thief = token
      this.stolen = generationOf(token)
    }
    return [{ label: 'theft', go }]
  }

  #sending(): Step[] {
    const kinds = new Map(this.waiting.map((one) => [one.who + one.op.name, one]))
    return [...kinds.values()].flatMap((one) => {
      const { who, op } = one
      const ready = op.after === undefined || this.ended.some(({ reply }) => reply.op.name === op.after)
      if (!ready || (this.tokens[who] === undefined && op.after === undefined)) return []
      return [{ label: `${who} sends ${op.name}`, go: () => this.#send(one) }]
    })
  }

  async #send(one: { readonly who: Who; readonly op: Planned }): Promise<void> {
    this.waiting.splice(this.waiting.indexOf(one), 1)
    const reply = await this.world.start(`${one.who} ${this.waiting.length}`, one.op, this.tokens[one.who])
    this.underWay.push({ who: one.who, reply })
    this.#drop()
  }

  #calling(call: Call): Step[] {
    const faults = [undefined, ...(this.#plot.faults ?? [])]
    return faults.map((fault) => ({
      label: `${call.actor} ${call.name}${fault ? ` ${fault}` : ''}`,
      go: async () => {
        await this.world.release(call, fault)
        this.#drop()
      },
    }))
  }

  #arriving(): Step[] {
    return this.underWay.flatMap((sent) => {
      const { cookies, left, actor } = sent.reply
      if (!left) return []
      const take = (): void => {
        if (sent.reply.op.login !== undefined) this.arrived.push(sent.reply.op.name)
        this.tokens[sent.who] = cookies.some(isClearing) ? undefined : tokenOf(cookies)
        this.#end(sent)
      }
      return [
        { label: `${actor} arrives`, go: take },
        { label: `${actor} is lost`, go: () => this.#end(sent) },
      ]
    })
  }

  /** A response without a cookie changes nothing, whenever it arrives. */
  #drop(): void {
    for (const sent of [...this.underWay])
      if (sent.reply.left && sent.reply.cookies.length === 0) this.#end(sent)
  }

  #end(sent: Sent): void {
    this.underWay.splice(this.underWay.indexOf(sent), 1)
    this.ended.push(sent)
  }
}
