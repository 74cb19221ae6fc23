import type { Listed, Store, Stored } from 'keepsake'

type Call = 'get' | 'create' | 'update' | 'touch' | 'delete' | 'list'
type Answer<T> = T | Promise<T>

/** Passes every call on, and notes it; a case can fail calls, hold them back, or let others go first. */
export class SpyStore implements Store {
  readonly consistency: 'strong' | 'eventual'
  readonly calls: Call[] = []
  /** What was written last under each id, deleted or not. */
  readonly written = new Map<string, { value: string; expires: Date; owner: string | undefined }>()
  /** Runs before a call goes on; a throw is the call's own. */
  before: (call: Call, id: string) => Answer<void> = () => {}
  /** Runs after a call was carried out; a throw makes its answer get lost. */
  after: (call: Call, id: string) => Answer<void> = () => {}
  list?: (owner: string, limit: number, after?: string) => Promise<Listed[]>
  readonly #inner: Store

  constructor(inner: Store) {
    this.#inner = inner
    this.consistency = inner.consistency
    const { list } = inner
    if (list) this.list = (...args) => this.#pass('list', args[0], () => list.apply(inner, args))
  }

  /** How often each call was made since the last `forget`. */
  count(call: Call): number {
    return this.calls.filter((made) => made === call).length
  }

  forget(): void {
    this.calls.length = 0
  }

  /** Every call fails from now on. */
  breakDown(): void {
    this.before = () => {
      throw new Error('connection refused')
    }
  }

  /** No call answers from now on. */
  hang(): void {
    this.before = () => new Promise<void>(() => {})
  }

  recover(): void {
    this.before = () => {}
    this.after = () => {}
  }

  get(id: string): Promise<Stored | null> {
    return this.#pass('get', id, () => this.#inner.get(id))
  }

  create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    return this.#pass('create', id, async () => {
      const done = await this.#inner.create(id, value, expires, owner)
      if (done) this.written.set(id, { value, expires, owner })
      return done
    })
  }

  update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    return this.#pass('update', id, async () => {
      const done = await this.#inner.update(id, value, expires, version, owner)
      if (done) this.written.set(id, { value, expires, owner })
      return done
    })
  }

  touch(id: string, expires: Date, version: number): Promise<boolean> {
    return this.#pass('touch', id, () => this.#inner.touch(id, expires, version))
  }

  delete(id: string): Promise<void> {
    return this.#pass('delete', id, () => this.#inner.delete(id))
  }

  /** The record as it is, without noting the look. */
  async peek(id: string): Promise<Stored | null> {
    return this.#inner.get(id)
  }

  async #pass<T>(call: Call, id: string, run: () => Answer<T>): Promise<T> {
    this.calls.push(call)
    await this.before(call, id)
    const answer = await run()
    await this.after(call, id)
    return answer
  }
}
