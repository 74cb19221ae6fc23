import { type Awaitable, chain } from './awaitable.ts'
import { toBase64url } from './bytes.ts'
import { engine as defaultEngine, type Engine } from './crypto.ts'
import { SessionError } from './errors.ts'
import { Key, keepAtMost } from './key.ts'
import { checkStrength, type Secret, type Secrets, secretBytes } from './secrets.ts'

export { Key } from './key.ts'
export type { Secret, Secrets } from './secrets.ts'

const KEYS_KEPT = 100

/** The secrets of a manager: the first seals, all open. */
export class KeyRing {
  /** The first seals and signs, all open. */
  readonly keys: readonly Key[]
  #ready = false

  /** @throws {SessionError} `config` when a secret is missing, could be guessed or is there twice. */
  constructor(secrets: Secrets | readonly Key[] | undefined, engine: Engine = defaultEngine()) {
    const list = listOf(secrets)
    this.keys = list.map((secret, index) => {
      if (secret instanceof Key) return secret
      return keyOf(secret, Array.isArray(secrets) ? `secrets[${index}]` : 'secrets', engine)
    })
    this.#refuseTwins((key) => key, 'is in the list twice')
  }

  /** A ring of keys that nobody checks, for tests of the format. */
  static of(...keys: readonly Key[]): KeyRing {
    return new KeyRing(keys)
  }

  /** The key that seals and signs. */
  get first(): Key {
    return this.keys[0] as Key
  }

  /** Derives the ids; to be waited for before anything else. @throws {SessionError} `config` when two secrets have the same. */
  ready(): Awaitable<void> {
    if (this.#ready) return
    const done = this.keys.reduce<Awaitable<void>>(
      (before, key) => chain(before, () => key.ready()),
      undefined,
    )
    return chain(done, () => {
      this.#refuseTwins((key) => key.id, 'has the key id of another')
      this.#ready = true
    })
  }

  /** The key whose id stands there. */
  find(bytes: Uint8Array, at = 0): Key | undefined {
    return this.keys.find(({ idBytes }) => idBytes.every((byte, i) => byte === bytes[at + i]))
  }

  /** The ids of all keys in order, for events. */
  ids(): string[] {
    return this.keys.map((key) => key.id)
  }

  #refuseTwins(nameOf: (key: Key) => unknown, fault: string): void {
    const names = this.keys.map(nameOf)
    const twin = names.findIndex((name, index) => names.indexOf(name) < index)
    if (twin > 0)
      throw new SessionError('config', `secrets[${twin}] ${fault}. Make another with: npx keepsake secret`)
  }
}

function listOf(secrets: Secrets | readonly Key[] | undefined): readonly (Secret | Key | undefined)[] {
  if (!Array.isArray(secrets)) return [secrets as Secret | undefined]
  return secrets.length > 0 ? secrets : [undefined]
}

const keysOf: WeakMap<Engine, Map<string, Key>> = new WeakMap()

/** The key of a secret, one for the whole process, so that a manager per request checks and derives nothing again. */
function keyOf(secret: unknown, position: string, engine: Engine): Key {
  const bytes = secretBytes(secret, position)
  const name = toBase64url(bytes)
  const keys = keysOf.get(engine) ?? new Map<string, Key>()
  const known = keys.get(name)
  if (known) return known
  checkStrength(bytes, position)
  const key = new Key(bytes, engine)
  keepAtMost(KEYS_KEPT, keys).set(name, key)
  keysOf.set(engine, keys)
  return key
}
