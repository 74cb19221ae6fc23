import type { Awaitable } from './awaitable.ts'
import type { BoundedStore } from './bounded-store.ts'
import { concat, frame, fromBase64url, fromUtf8, randomBytes, toBase64url, utf8 } from './bytes.ts'
import { type CipherKey, engine } from './crypto.ts'
import { derived } from './derived.ts'
import { encode } from './json.ts'
import type { Found, Seat } from './record.ts'
import { type Settings, SKEW } from './settings.ts'
import type { Stored } from './store.ts'

/** A run that is over: its result, and what the session was by then. */
export interface Done {
  readonly result: unknown
  /** When it ended, ms since the epoch. */
  readonly at: number
  /** The session's version then. */
  readonly version: number
}

/** What a lease says: somebody runs, a run is over, or nobody has it. */
export interface Lease {
  /** Names the run. */
  readonly run?: string
  readonly done?: Done
  /** Version of the record; 0 where there is none. */
  readonly version: number
}

interface Short {
  readonly r?: string
  readonly t?: number
  readonly v?: number
  /** The result, encrypted. */
  readonly b?: string
}

const IV = 12

/** The record by which one session's callers agree who runs. The result can be read by the secrets and the session's epoch together, and so not after the session. */
export class LeaseRecord {
  readonly #store: BoundedStore
  readonly #settings: Settings
  readonly #id: string
  readonly #keys: readonly CipherKey[]
  readonly #duration: number

  private constructor(
    store: BoundedStore,
    settings: Settings,
    id: string,
    keys: readonly CipherKey[],
    duration: number,
  ) {
    this.#store = store
    this.#settings = settings
    this.#id = id
    this.#keys = keys
    this.#duration = duration
  }

  static async of(
    store: BoundedStore,
    settings: Settings,
    { id: session, seat }: Found,
    name: string,
    duration: number,
  ): Promise<LeaseRecord> {
    const id = await engine().sha256(frame('keepsake/lease', settings.audience, session, name))
    const secrets = await derived(settings, session, (seat as Seat).epoch, ['lease', name])
    const keys = await Promise.all(secrets.map((secret) => engine().cipherKey(secret)))
    return new LeaseRecord(store, settings, id, keys, duration)
  }

  async read(): Promise<Lease> {
    const stored = await this.#store.get(this.#id)
    return stored ? this.#parsed(stored) : { version: 0 }
  }

  /** The lease as it is held now, or `undefined` where another was first. */
  async take({ version }: Lease): Promise<Lease | undefined> {
    const run = toBase64url(randomBytes(12))
    return (await this.#write({ r: run }, version)) ? { run, version: version + 1 } : undefined
  }

  async finish({ version }: Lease, { result, at, version: seen }: Done): Promise<void> {
    const iv = randomBytes(IV)
    const plain = utf8(encode('result', { value: result }))
    const box = concat(iv, await engine().encrypt(this.#keys[0] as CipherKey, iv, utf8(this.#id), plain))
    await this.#write({ t: at, v: seen, b: toBase64url(box) }, version)
  }

  async release({ version }: Lease): Promise<void> {
    await this.#write({}, version)
  }

  async #parsed({ value, version }: Stored): Promise<Lease> {
    const { r: run, t: at, v: seen, b: box } = JSON.parse(value) as Short
    if (run !== undefined) return { run, version }
    const plain = box === undefined ? null : await this.#open(box)
    if (plain === null || at === undefined || seen === undefined) return { version }
    return { done: { result: JSON.parse(plain).value, at, version: seen }, version }
  }

  async #open(box: string): Promise<string | null> {
    const bytes = fromBase64url(box)
    if (!bytes) return null
    for (const key of this.#keys) {
      const [iv, sealed] = [bytes.subarray(0, IV), bytes.subarray(IV)]
      const plain = await engine().decrypt(key, iv, utf8(this.#id), sealed)
      if (plain) return fromUtf8(plain)
    }
    return null
  }

  /** Its end is far enough ahead that no server whose clock is ahead takes it for gone before its time. */
  #write(short: Short, version: number): Awaitable<boolean> {
    const value = JSON.stringify(short)
    const expires = new Date(this.#settings.now() + this.#duration + SKEW)
    return version === 0
      ? this.#store.create(this.#id, value, expires)
      : this.#store.update(this.#id, value, expires, version)
  }
}
