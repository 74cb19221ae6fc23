import { decode, encode, type JsonObject } from './json.ts'
import { type Merged, merge, type OnConflict } from './merge.ts'

const EMPTY = '{}'

/** `data` or `flash` during one request: the text it was found as, and the object the app may have changed since. */
export class Part {
  readonly #name: 'data' | 'flash'
  #found: string
  #value: JsonObject | undefined
  #frozen = false

  /** @param found the text it was found as; nothing for a new session */
  constructor(name: 'data' | 'flash', found: string = EMPTY) {
    this.#name = name
    this.#found = found
  }

  get value(): JsonObject {
    this.#value ??= decode(this.#found)
    return this.#frozen ? Object.freeze(this.#value) : this.#value
  }

  set value(value: JsonObject) {
    this.#value = value
  }

  /** The text as it is now. @throws {SessionError} `invalid_data` for what JSON can't carry. */
  text(): string {
    return this.#value ? encode(this.#name, this.#value) : this.#found
  }

  differs(text: string): boolean {
    return text !== this.#found
  }

  /** Drops what was found, unless its key is to stay; what was written since stays. */
  drop(stay: readonly string[]): void {
    const found = decode(this.#found)
    for (const key of Object.keys(found)) {
      if (!stay.includes(key) && JSON.stringify(this.value[key]) === JSON.stringify(found[key])) {
        delete this.value[key]
      }
    }
  }

  /** The changes of this request on top of what another one wrote. */
  onto(theirs: JsonObject, onConflict?: OnConflict): Merged {
    return this.#value
      ? merge(decode(this.#found), this.#value, theirs, onConflict)
      : { data: theirs, merged: [], contested: [] }
  }

  /** From now on this is what was found; whoever holds the object sees it, with its own changes on top. */
  rebase(found: string): void {
    if (this.#value) replace(this.#value, this.onto(decode(found)).data)
    this.#found = found
  }

  /** It was saved as `saved`, and is now found as `found`, with what others had saved. */
  goOn(saved: string, found: string = EMPTY): void {
    this.#found = saved
    this.rebase(found)
  }

  /** Nothing may change any more; nested objects are left alone, they may be the app's. */
  freeze(found: string = EMPTY): void {
    this.#found = found
    this.#frozen = true
    if (this.#value) Object.freeze(this.#value)
  }
}

function replace(target: JsonObject, source: JsonObject): void {
  for (const key of Object.keys(target)) delete target[key]
  Object.assign(target, source)
}
