import { type Awaitable, chain } from './awaitable.ts'
import { type Bytes, frame, toHex, utf8 } from './bytes.ts'
import { type CipherKey, engine as defaultEngine, type Engine, type MacKey } from './crypto.ts'

const HOURS_KEPT = 400 * 24
const PURPOSES_KEPT = 100

/** What one secret is good for: every key is derived from it once, and known by a public id. */
export class Key {
  readonly #secret: Bytes
  readonly #engine: Engine
  readonly #macs = new Map<string, MacKey>()
  readonly #ciphers = new Map<string, PeriodKeys>()
  #id: Bytes | undefined
  #hex = ''

  /** A key of these bytes, whatever they are; {@link KeyRing} is what checks them. */
  constructor(secret: Uint8Array, engine: Engine = defaultEngine()) {
    this.#secret = new Uint8Array(secret)
    this.#engine = engine
  }

  get engine(): Engine {
    return this.#engine
  }

  /** Derives the id; nothing else may be asked before. */
  ready(): Awaitable<void> {
    if (this.#id) return
    return chain(this.#derive(utf8('keepsake/key-id'), 4), (id) => {
      this.#id = id
      this.#hex = toHex(id)
    })
  }

  /** The public id as eight hexadecimal digits, for events. */
  get id(): string {
    return this.#hex
  }

  /** The public id as it stands in seals and tokens: four bytes. */
  get idBytes(): Bytes {
    if (!this.#id) throw new TypeError('Key: ready() comes first')
    return this.#id
  }

  /** The key that seals for `purpose` in one hour and shard. */
  cipher(purpose: string, period: number, shard: number): Awaitable<CipherKey> {
    let keys = this.#ciphers.get(purpose)
    if (!keys) {
      keys = new PeriodKeys()
      keepAtMost(PURPOSES_KEPT, this.#ciphers).set(purpose, keys)
    }
    const known = keys.get(period, shard)
    if (known) return known
    const info = frame(
      'keepsake/seal',
      purpose,
      Uint8Array.of(period >> 16, period >> 8, period),
      Uint8Array.of(shard),
    )
    const made = chain(this.#derive(info, 32), (raw) => this.#engine.cipherKey(raw))
    return chain(made, (key) => keys.set(period, shard, key))
  }

  /** The key that signs under `label`. */
  mac(label: string): Awaitable<MacKey> {
    const known = this.#macs.get(label)
    if (known) return known
    const made = chain(this.#derive(utf8(label), 32), (raw) => this.#engine.macKey(raw))
    return chain(made, (key) => {
      keepAtMost(PURPOSES_KEPT, this.#macs).set(label, key)
      return key
    })
  }

  #derive(info: Bytes, length: number): Awaitable<Bytes> {
    return this.#engine.hkdf(this.#secret, info, length)
  }
}

/** Keys by hour and shard. Only finished ones are kept: a pending one belongs to the request that made it. */
class PeriodKeys {
  readonly #keys = new Map<number, CipherKey>()
  #newest = 0

  get(period: number, shard: number): CipherKey | undefined {
    return this.#keys.get(period * 4 + shard)
  }

  set(period: number, shard: number, key: CipherKey): CipherKey {
    if (period > this.#newest) this.#prune(period)
    this.#keys.set(period * 4 + shard, key)
    return key
  }

  #prune(newest: number): void {
    this.#newest = newest
    for (const slot of this.#keys.keys()) if (slot < (newest - HOURS_KEPT) * 4) this.#keys.delete(slot)
  }
}

/** Makes room for one more by forgetting the oldest. */
export function keepAtMost<V>(limit: number, map: Map<string, V>): Map<string, V> {
  for (const oldest of map.keys()) {
    if (map.size < limit) break
    map.delete(oldest)
  }
  return map
}
