import { applyHead, Head } from './head.ts'
import { overlay } from './overlay.ts'
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
  #calls: Call[] = []
  #ended = false
  #phase: 'unwritten' | 'held' | 'dropped' | 'free' = 'unwritten'
  #implicit = false
  /** The last write that was held has left room for more. */
  #flows = false
  #reveal = (): void => {}
  #waiting: (() => void)[] = []

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
    if (this.#phase === 'held' && method !== 'writeHead') this.#keep(method, args)
    return method === 'write' ? false : this.#res
  }

  /** What comes after the end comes too late. */
  #keep(method: Method, args: unknown[]): void {
    if (!this.#ended) this.#calls.push([method, args])
    this.#ended ||= method === 'end'
  }

  #begin(method: Method, args: unknown[]): void {
    if (!this.#keeper.mustWait()) {
      this.#phase = 'free'
    } else if (method === 'writeHead') {
      applyHead(this.#res, args)
      if (!this.#implicit) this.#keep(method, args)
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
    this.#reveal = this.#disguise()
    this.#keeper.complete(head).then(
      () => this.#release(head),
      (error) => this.#drop(error),
    )
  }

  /** The response is to look begun, and ended once it was; `drain` waits for the release. */
  #disguise(): () => void {
    const res = this.#res
    const { on } = res
    const wait = (event: string, listener: () => void): unknown =>
      event === 'drain' ? this.#waiting.push(listener) && res : on.call(res, event, listener)
    return overlay(res, {
      headersSent: { get: () => true },
      writableEnded: { get: () => this.#ended },
      on: { value: wait, writable: true },
    })
  }

  #release(head: Head): void {
    this.#reveal()
    this.#phase = 'free'
    try {
      this.#send(head)
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#keeper.released(head)
    this.#drain()
  }

  #send(head: Head): void {
    head.restore(this.#res)
    // those who wrapped it later have had their turn
    this.#res.writeHead = this.#methods.writeHead
    for (const [method, args] of this.#calls) this.#replay(method, args)
    this.#calls = []
  }

  #replay(method: Method, args: unknown[]): void {
    const given = method === 'writeHead' ? [this.#res.statusCode] : args
    const result = this.#methods[method].apply(this.#res, given)
    if (method === 'write') this.#flows = result !== false
  }

  /** Who wraps `on`, as compression does, sends the waiting to a stream of its own, which knows nothing of our hold. */
  #drain(): void {
    const res = this.#res
    const flows = this.#flows && !this.#ended
    if (flows) res.emit('drain')
    for (const listener of this.#waiting) {
      res.on('drain', listener)
      if (flows) listener.call(res)
    }
  }

  /** What was held turned out to be nothing that Node can send. */
  #fail(error: unknown): void {
    if (this.#res.headersSent) this.#res.destroy(error as Error)
    else this.#drop(error)
  }

  #drop(error: unknown): void {
    this.#reveal()
    this.#phase = 'dropped'
    this.#calls = []
    Object.assign(this.#res, this.#methods)
    // the handler may still be writing what nobody will see
    this.#res.on('error', () => {})
    this.#keeper.dropped(error)
  }
}
