import {
  type ManagerOptions,
  MemoryStore,
  type SessionEvent,
  SessionManager,
  type Store,
} from '../../src/index.ts'
import { deterministicRandomness } from '../../src/testing/randomness.ts'
import { carrying, tokenOf } from './cookies.ts'
import { type Data, type Manager, OWNER, type Setting } from './requests.ts'
import { Gate, GatedStore } from './scheduler.ts'

const MINUTE = 60_000
const START = Date.UTC(2030, 0, 1)
const SECRET = 'a race is won by whoever writes first, 7Qx!'

/** The session that a schedule begins with: its record, and the tokens that open it. */
export interface Base {
  readonly id: string
  readonly now: number
  readonly value: string
  readonly expires: Date
  readonly owner: string | undefined
  readonly current: string
  readonly pending: string | undefined
}

/** What everything in a schedule happens on. */
export interface Bench {
  readonly gate: Gate
  readonly base: Base
  readonly events: SessionEvent[]
  /** Puts the real randomness back. */
  readonly close: () => void
}

/** Remembers the hashed owners, as a database would. */
class RecordingStore extends MemoryStore {
  readonly owners: Map<string, string | undefined> = new Map()

  override create(id: string, value: string, expires: Date, owner?: string): boolean {
    this.owners.set(id, owner)
    return super.create(id, value, expires, owner)
  }

  override update(id: string, value: string, expires: Date, version: number, owner?: string): boolean {
    this.owners.set(id, owner)
    return super.update(id, value, expires, version, owner)
  }
}

/** How a laboratory differs from others. */
export interface Equipment {
  /** Breaks the store, to show that this is noticed. */
  readonly wrap?: (store: Store) => Store
  readonly options?: Partial<ManagerOptions<Data>>
}

/** Keeps one manager an actor, and makes everything else anew for every schedule. */
export class Laboratory {
  now: number = START
  readonly #secrets: boolean
  readonly #equipment: Equipment
  readonly #desks = new Map<string, { store: GatedStore; sessions: Manager }>()
  readonly #bases = new Map<string, Promise<Base>>()
  #events: SessionEvent[] = []

  constructor(secrets: boolean, equipment: Equipment = {}) {
    this.#secrets = secrets
    this.#equipment = equipment
  }

  /** A fresh store with one session in it. */
  async bench(setting: Setting, seed: number): Promise<Bench> {
    const base = await this.#base(setting)
    const close = deterministicRandomness(seed)
    const { wrap = (store: Store) => store } = this.#equipment
    const inner = wrap(new MemoryStore({ clock: () => this.now }))
    this.now = base.now
    this.#events = []
    await inner.create(base.id, base.value, base.expires, base.owner)
    return { gate: new Gate(inner), base, events: this.#events, close }
  }

  /** The manager of one actor, on the gate of this schedule. */
  sessions(actor: string, gate: Gate): Manager {
    const desk = this.#desks.get(actor) ?? this.#desk(actor)
    desk.store.gate = gate
    return desk.sessions
  }

  #desk(actor: string): { store: GatedStore; sessions: Manager } {
    const store = new GatedStore(actor)
    const desk = { store, sessions: this.#manager(store) }
    this.#desks.set(actor, desk)
    return desk
  }

  #manager(store: Store): Manager {
    return new SessionManager<Data>({
      store,
      ...(this.#secrets && { secrets: SECRET }),
      renewAfter: '10m',
      rotateEvery: '1h',
      // no real time passes in a schedule: a slow call is one that the gate fails
      storeTimeout: '1h',
      clock: () => this.now,
      onEvent: (event) => this.#events.push(event),
      ...this.#equipment.options,
    } as ManagerOptions<Data>)
  }

  #base(setting: Setting): Promise<Base> {
    const key = JSON.stringify(setting)
    const base = this.#bases.get(key) ?? this.#prepare(setting)
    this.#bases.set(key, base)
    return base
  }

  async #prepare({ owned, renew, rotate, pending }: Setting): Promise<Base> {
    this.now = START
    const store = new RecordingStore({ clock: () => this.now })
    const sessions = this.#manager(store)
    const visit = async (cookie: string | undefined, drop: string): Promise<string | undefined> => {
      const session = await sessions.load(carrying(cookie))
      Object.assign(session.data, { drop, same: 'base' })
      session.flash('hello', 'x')
      if (owned && cookie === undefined) session.login(OWNER)
      return tokenOf(await sessions.save(session))
    }
    const current = (await visit(undefined, 'x')) ?? ''
    const { id } = await sessions.load(carrying(current))
    if (rotate || pending) {
      this.now = START + 55 * MINUTE
      await visit(current, 'y')
      this.now = START + 61 * MINUTE
    }
    const next = pending ? await visit(current, 'z') : undefined
    if (renew) this.now += 15 * MINUTE
    const record = store.get(id)
    if (!record) throw new Error('The session to begin with is missing.')
    const { value, expires } = record
    return { id, now: this.now, value, expires, owner: store.owners.get(id), current, pending: next }
  }
}
