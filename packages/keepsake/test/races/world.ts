import type { Outcome, SessionManager } from '../../src/index.ts'
import { SessionError } from '../../src/index.ts'
import { carrying, idOf, isClearing, tokenOf } from './cookies.ts'
import type { Bench, Laboratory } from './laboratory.ts'
import type { Data, Op } from './requests.ts'
import { type Call, type Fault, PROBE } from './scheduler.ts'
import { type Seen, seenIn } from './seen.ts'

/** What became of one request. */
export interface Reply {
  readonly actor: string
  readonly op: Op
  readonly presented: string | undefined
  readonly startedAt: number
  outcome?: Outcome
  /** The session that it loaded. */
  loaded?: Seen | undefined
  /** How many calls had taken effect when it had loaded. */
  since?: number
  /** 'ok', or the code of the error. */
  status?: string
  answer?: unknown
  cookies: readonly string[]
  /** What its token opened at the moment it left. */
  opened?: Seen | undefined
  /** Its token opened nothing because the session had been deleted. */
  gone?: boolean
  left: boolean
}

/** One schedule: requests against the real manager, one step at a time. */
export class World {
  readonly bench: Bench
  readonly replies: Reply[] = []
  readonly trace: string[] = []
  readonly #lab: Laboratory
  readonly #probe: SessionManager<Data>

  readonly #paused: boolean

  /** @param paused whether others may run between a request's load and its save, even if that makes no call */
  constructor(lab: Laboratory, bench: Bench, paused = true) {
    this.#lab = lab
    this.#paused = paused
    this.bench = bench
    this.#probe = lab.sessions(PROBE, bench.gate)
  }

  get now(): number {
    return this.#lab.now
  }

  tick(milliseconds: number): void {
    this.#lab.now += milliseconds
    this.trace.push(`${milliseconds} ms pass`)
  }

  /** A request sets out; it runs until its first call of the store. */
  async start(actor: string, op: Op, presented: string | undefined): Promise<Reply> {
    const reply: Reply = { actor, op, presented, startedAt: this.now, cookies: [], left: false }
    this.replies.push(reply)
    this.trace.push(`${actor} (${op.name}) starts`)
    this.bench.gate.start(actor, () => this.#run(reply))
    await this.#settle()
    return reply
  }

  /** One call takes effect, and whoever waited for it goes on. */
  async release(call: Call, fault?: Fault): Promise<void> {
    const { gate } = this.bench
    const effects = gate.history.length
    const line = this.trace.push(
      `${call.actor} ${call.name}${fault ? ` ${fault}` : ''}${call.ghost ? ' at last' : ''}`,
    )
    call.release(fault)
    await this.#settle()
    const effect = gate.history[effects]
    if (effect) this.trace[line - 1] += effect.done ? ' ok' : ' no'
  }

  /** A process ends; nothing more of it reaches the store. */
  async kill(actor: string): Promise<void> {
    this.trace.push(`${actor} dies`)
    await this.bench.gate.kill(actor)
    await this.#settle()
  }

  /** What a token opens now. */
  async opens(token: string): Promise<Seen | undefined> {
    const { code, id } = await this.#probe.explain(carrying(token))
    if (code !== 'loaded') return undefined
    return this.seen(id ?? idOf(token))
  }

  async seen(id: string): Promise<Seen | undefined> {
    return seenIn(id, await this.bench.gate.inner.get(id))
  }

  listed(owner: string): Promise<readonly { readonly id: string }[]> {
    return this.#probe.list(owner)
  }

  async #settle(): Promise<void> {
    await this.bench.gate.settle()
    for (const reply of this.replies) {
      if (reply.left || reply.status === undefined) continue
      reply.left = true
      const token = tokenOf(reply.cookies)
      if (token !== undefined) {
        reply.opened = await this.opens(token)
        reply.gone = (await this.seen(idOf(token))) === undefined
      }
      const says = reply.cookies
        .map((cookie) => (isClearing(cookie) ? ' clearing' : ' with a token'))
        .join('')
      this.trace.push(`${reply.actor} ends: ${reply.status}${says}`)
    }
  }

  async #run(reply: Reply): Promise<void> {
    const { actor, op } = reply
    const sessions = this.#lab.sessions(actor, this.bench.gate)
    try {
      if (op.direct) reply.answer = await op.direct(sessions, this.bench.base.id)
      else reply.cookies = await this.#serve(sessions, reply)
      reply.status = 'ok'
    } catch (error) {
      reply.status = error instanceof SessionError ? error.code : String(error)
      reply.cookies = error instanceof SessionError ? error.cookies : []
    }
  }

  async #serve(sessions: SessionManager<Data>, reply: Reply): Promise<readonly string[]> {
    const { actor, op, presented } = reply
    const response = await sessions.run(carrying(presented), async (session) => {
      if (!session.isNew) reply.loaded = await this.seen(session.id)
      reply.since = this.bench.gate.history.length
      reply.outcome = session.outcome
      if (this.#paused) await this.bench.gate.pause(actor, 'handler')
      await op.handle?.(session, sessions, actor)
      return new Response()
    })
    return response.headers.getSetCookie()
  }
}
