import { Disguise } from './disguise.ts'
import { applyHead, Head } from './head.ts'
import type { NodeResponse } from './types.ts'

/** Who decides on a response, and does what must be done before it may leave. */
export interface Keeper {
  /** Asked when the response begins: must it wait? */
  mustWait(): boolean
  /** Does what it waits for, and completes its head. A rejection drops the response. */
  complete(head: Head): Promise<void>
  /** The response is on its way. */
  released(head: Head): void
  /** What the app had answered was not sent; something else must answer. */
  dropped(error: unknown): void
}

const METHODS = ['writeHead', 'write', 'end', 'flushHeaders'] as const

type Method = (typeof METHODS)[number]
type Call = readonly [method: Method, args: unknown[]]
type Phase = 'unwritten' | 'held' | 'dropped' | 'free'

/**
 * Holds back what is written to a response, from its first byte until its keeper is done. Meanwhile the response
 * looks as if it were under way: `headersSent` is true, `write` returns false.
 *
 * Others may wrap the same methods, before or after: what they have wrapped is called as ever.
 */
export class Hold {
  readonly #res: NodeResponse
  readonly #keeper: Keeper
  readonly #methods: Readonly<Record<Method, (...args: unknown[]) => unknown>>
  #phase: Phase = 'unwritten'
  #implicit = false
  #disguise: Disguise | undefined
  #calls: Call[] = []

  constructor(res: NodeResponse, keeper: Keeper) {
    this.#res = res
    this.#keeper = keeper
    // @types/node knows of none in HTTP/2, where there is one
    const { writeHead, write, end, flushHeaders = (): void => {} } = res
    this.#methods = { writeHead, write, end, flushHeaders }
  }

  install(): void {
    for (const method of METHODS) {
      Object.assign(this.#res, { [method]: (...args: unknown[]) => this.#take(method, args) })
    }
  }

  #take(method: Method, args: unknown[]): unknown {
    if (this.#phase === 'unwritten') this.#begin(method, args)
    if (this.#phase === 'free') return this.#methods[method].apply(this.#res, args)
    // the head is fixed once, though compression asks for it at every write
    if (this.#disguise && method !== 'writeHead') this.#keep(this.#disguise, method, args)
    return method === 'write' ? false : this.#res
  }

  #begin(method: Method, args: unknown[]): void {
    if (!this.#keeper.mustWait()) {
      this.#phase = 'free'
    } else if (method === 'writeHead') {
      applyHead(this.#res, args)
      if (!this.#implicit) this.#calls.push([method, args])
      this.#hold()
    } else {
      this.#beginImplicitly()
    }
  }

  /** As Node does at a first `write`: so those who wrap `writeHead` set their headers before the head is fixed. */
  #beginImplicitly(): void {
    this.#implicit = true
    try {
      this.#res.writeHead(this.#res.statusCode)
    } finally {
      this.#implicit = false
    }
    if (this.#phase === 'unwritten') this.#hold()
  }

  #hold(): void {
    this.#phase = 'held'
    const head = new Head(this.#res)
    const disguise = new Disguise(this.#res)
    this.#disguise = disguise
    this.#keeper.complete(head).then(
      () => this.#release(head, disguise),
      (error) => this.#drop(error, disguise),
    )
  }

  /** What comes after the end comes too late. */
  #keep(disguise: Disguise, method: Method, args: unknown[]): void {
    if (!disguise.ended) this.#calls.push([method, args])
    disguise.ended ||= method === 'end'
  }

  #release(head: Head, disguise: Disguise): void {
    this.#leave('free', disguise)
    let flows: boolean
    try {
      flows = this.#send(head)
    } catch (error) {
      this.#fail(error, disguise)
      return
    }
    this.#keeper.released(head)
    disguise.drain(flows)
  }

  /** Says whether the last write has left room for more. */
  #send(head: Head): boolean {
    head.restore(this.#res)
    // those who wrapped it later have had their turn
    this.#res.writeHead = this.#methods.writeHead
    let flows = false
    for (const [method, args] of this.#calls.splice(0)) {
      const given = method === 'writeHead' ? [this.#res.statusCode] : args
      const result = this.#methods[method].apply(this.#res, given)
      if (method === 'write') flows = result !== false
    }
    return flows
  }

  /** What was held turned out to be nothing that Node can send. */
  #fail(error: unknown, disguise: Disguise): void {
    if (this.#res.headersSent) this.#res.destroy(error as Error)
    else this.#drop(error, disguise)
  }

  #drop(error: unknown, disguise: Disguise): void {
    this.#leave('dropped', disguise)
    this.#calls = []
    Object.assign(this.#res, this.#methods)
    // the handler may still be writing what nobody will see
    this.#res.on('error', () => {})
    this.#keeper.dropped(error)
  }

  #leave(phase: Phase, disguise: Disguise): void {
    this.#phase = phase
    this.#disguise = undefined
    disguise.takeOff()
  }
}
