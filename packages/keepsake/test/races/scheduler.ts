import type { Listed, Store, Stored } from '../../src/index.ts'

/**
 * How a call goes wrong: not applied, applied with its answer lost, applied some time after the caller gave up, or
 * delivered twice before it is answered, by a client that sends again.
 */
export type Fault = 'fail' | 'lost' | 'late' | 'twice'

const READS: readonly string[] = ['get', 'list']

/** A call of the store that waits to be released. */
export interface Call {
  readonly actor: string
  readonly name: string
  readonly id: string
  /** The caller has given up on it already. */
  readonly ghost: boolean
  /** What `update` would write, and over which version. */
  readonly write?: { readonly value: string; readonly version: number }
  /** It can go wrong. */
  readonly faulty: boolean
  release(fault?: Fault): void
}

/** A call as it took effect. */
export interface Effect {
  readonly actor: string
  readonly name: string
  readonly id: string
  readonly before: Stored | null
  readonly after: Stored | null
  readonly done: boolean
}

/** Holds every call of every actor's store until it is released, and writes down what each did. */
export class Gate {
  readonly waiting: Call[] = []
  readonly history: Effect[] = []
  readonly faulted: Set<string> = new Set()
  readonly inner: Store
  readonly #running = new Set<string>()
  readonly #dead = new Set<string>()

  constructor(inner: Store) {
    this.inner = inner
  }

  /** Lets an actor run until its first call. */
  start(actor: string, work: () => Promise<void>): void {
    this.#running.add(actor)
    work().finally(() => this.#running.delete(actor))
  }

  /** The process of this actor ends: nothing of it reaches the store any more. */
  async kill(actor: string): Promise<void> {
    this.#dead.add(actor)
    this.faulted.add(actor)
    for (const call of this.waiting.filter((call) => call.actor === actor)) call.release('fail')
    await this.settle()
  }

  /** Ends whatever still waits. */
  async close(): Promise<void> {
    for (const actor of this.#running) await this.kill(actor)
  }

  /** Waits until every actor is held at a call, or has ended. */
  async settle(): Promise<void> {
    for (let turn = 0; this.#moving(); turn++) {
      if (turn % 500 === 499) await new Promise((resolve) => setImmediate(resolve))
      else await undefined
      if (turn > 50_000) throw new Error(`Stuck: ${[...this.#running].join(', ')}`)
    }
  }

  /** A place in the app's own code where others may run. */
  pause(actor: string, name: string): Promise<void> {
    return new Promise((resolve) =>
      this.#hold({ actor, name, id: '', ghost: false, faulty: false }, () => resolve()),
    )
  }

  call<T>(about: Pick<Call, 'actor' | 'name' | 'id' | 'write'>, run: () => T | Promise<T>): Promise<T> {
    if (this.#dead.has(about.actor)) return Promise.reject(new Error('dead'))
    return new Promise<T>((resolve, reject) => {
      const call = { ...about, ghost: false, faulty: true }
      this.#hold(call, (fault) => this.#carryOut(call, run, fault).then(resolve, reject))
    })
  }

  async #carryOut<T>(
    call: Omit<Call, 'release'>,
    run: () => T | Promise<T>,
    fault: Fault | undefined,
  ): Promise<T> {
    if (fault && fault !== 'twice') this.faulted.add(call.actor)
    if (fault === 'fail') throw new Error('refused')
    if (fault === 'late') {
      this.#hold({ ...call, ghost: true, faulty: false }, () => this.#apply(call, run))
      throw new Error('no answer in time')
    }
    const answer = await this.#apply(call, run)
    if (fault === 'lost') throw new Error('answer lost')
    if (fault !== 'twice') return answer
    const second = await this.#again(call, run)
    // a write that is there already is answered as if it had come once
    return READS.includes(call.name) ? second : answer
  }

  #again<T>(call: Omit<Call, 'release'>, run: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve) =>
      this.#hold({ ...call, faulty: false }, () => resolve(this.#apply(call, run))),
    )
  }

  async #apply<T>({ actor, name, id }: Omit<Call, 'release'>, run: () => T | Promise<T>): Promise<T> {
    const before = name === 'list' ? null : await this.inner.get(id)
    const answer = await run()
    const after = name === 'list' ? null : await this.inner.get(id)
    this.history.push({ actor, name, id, before, after, done: answer !== false && answer !== null })
    return answer
  }

  #hold(call: Omit<Call, 'release'>, go: (fault?: Fault) => unknown): void {
    const held: Call = {
      ...call,
      release: (fault) => {
        this.#drop(held)
        go(fault)
      },
    }
    this.waiting.push(held)
  }

  #drop(call: Call): void {
    this.waiting.splice(this.waiting.indexOf(call), 1)
  }

  #moving(): boolean {
    const held = new Set(this.waiting.filter(({ ghost }) => !ghost).map(({ actor }) => actor))
    return [...this.#running].some((actor) => !held.has(actor))
  }
}

/** This actor only looks, and waits for nobody. */
export const PROBE = 'probe'

/** One actor's way to the store; managers are kept, the gate behind it is new for every schedule. */
export class GatedStore implements Store {
  readonly consistency = 'strong' as const
  readonly actor: string
  gate: Gate = new Gate(this)

  constructor(actor: string) {
    this.actor = actor
  }

  get(id: string): Promise<Stored | null> {
    return this.#call('get', id, (store) => store.get(id))
  }

  create(id: string, value: string, expires: Date, owner?: string): Promise<boolean> {
    return this.#call('create', id, (store) => store.create(id, value, expires, owner))
  }

  update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean> {
    const write = { value, version }
    return this.#call('update', id, (store) => store.update(id, value, expires, version, owner), write)
  }

  touch(id: string, expires: Date, version: number): Promise<boolean> {
    return this.#call('touch', id, (store) => store.touch(id, expires, version))
  }

  delete(id: string): Promise<void> {
    return this.#call('delete', id, (store) => store.delete(id))
  }

  list(owner: string, limit: number, after?: string): Promise<Listed[]> {
    return this.#call('list', owner, (store) => store.list?.(owner, limit, after) ?? [])
  }

  #call<T>(
    name: string,
    id: string,
    run: (store: Store) => T | Promise<T>,
    write?: Call['write'],
  ): Promise<T> {
    const { gate } = this
    if (this.actor === PROBE) return Promise.resolve(run(gate.inner))
    return gate.call({ actor: this.actor, name, id, ...(write && { write }) }, () => run(gate.inner))
  }
}
