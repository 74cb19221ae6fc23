import type { NodeResponse } from './types.ts'

/** Makes a response that is held look as if it were under way, to whoever asks it or waits for `drain`. */
export class Disguise {
  ended = false
  readonly #res: NodeResponse
  readonly #waiting: (() => void)[] = []
  readonly #uncover: () => void

  constructor(res: NodeResponse) {
    this.#res = res
    const { on } = res
    const wait = (event: string, listener: () => void): unknown =>
      event === 'drain' ? this.#waiting.push(listener) && res : on.call(res, event, listener)
    this.#uncover = overlay(res, {
      headersSent: { get: () => true },
      writableEnded: { get: () => this.ended },
      on: { value: wait, writable: true },
    })
  }

  takeOff(): void {
    this.#uncover()
  }

  /**
   * Tells those who wait for `drain`, if more may be written, and lets them hear the next one. Who wraps `on`, as
   * compression does, sends them to a stream of its own, which does not know that they were told to wait.
   */
  drain(flows: boolean): void {
    const res = this.#res
    const now = flows && !this.ended
    if (now) res.emit('drain')
    for (const listener of this.#waiting) {
      res.on('drain', listener)
      if (now) listener.call(res)
    }
  }
}

/** Covers properties of an object with others; the function it returns uncovers them. */
function overlay(target: object, properties: PropertyDescriptorMap): () => void {
  const undo = Object.entries(properties).map(([name, property]) => {
    const before = Object.getOwnPropertyDescriptor(target, name)
    Object.defineProperty(target, name, { ...property, configurable: true })
    return () => {
      if (before) Object.defineProperty(target, name, before)
      else Reflect.deleteProperty(target, name)
    }
  })
  return () => {
    for (const step of undo.splice(0)) step()
  }
}
