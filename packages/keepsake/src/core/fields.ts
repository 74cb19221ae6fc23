import type { HeaderTarget } from './response.ts'

/** Headers as a list of pairs, names in lower case. `Headers` are filled, listed and sorted: three times what this takes. */
export class Fields implements HeaderTarget {
  #pairs: readonly (readonly [name: string, value: string])[]

  constructor(pairs: readonly (readonly [name: string, value: string])[]) {
    this.#pairs = pairs
  }

  get(name: string): string | null {
    return this.#under(name).join(', ') || null
  }

  set(name: string, value: string): void {
    this.delete(name)
    this.append(name, value)
  }

  delete(name: string): void {
    this.#pairs = this.#pairs.filter(([other]) => other !== name.toLowerCase())
  }

  append(name: string, value: string): void {
    this.#pairs = [...this.#pairs, [name.toLowerCase(), value]]
  }

  getSetCookie(): string[] {
    return this.#under('set-cookie')
  }

  keys(): string[] {
    return this.#pairs.map(([name]) => name)
  }

  /** For `new Response`: a plain object, unless a name is there twice, for which that has no room. */
  init(): HeadersInit {
    const plain = Object.fromEntries(this.#pairs)
    return Object.keys(plain).length === this.#pairs.length
      ? plain
      : this.#pairs.map(([name, value]): [string, string] => [name, value])
  }

  #under(name: string): string[] {
    return this.#pairs.filter(([other]) => other === name.toLowerCase()).map(([, value]) => value)
  }
}
