import type { HeaderTarget } from '../index.ts'
import type { NodeResponse } from './types.ts'

/** Headers as a Node response has them: repeated ones as a list. */
type Values = string | readonly string[]

/** Status and headers of a response, fixed when it was begun: what the app sets later has no effect, as in Node. */
export class Head implements HeaderTarget {
  readonly #status: number
  readonly #reason: string | undefined
  readonly #fields = new Map<string, readonly [name: string, values: Values]>()

  constructor(res: NodeResponse & { getRawHeaderNames?(): string[] }) {
    this.#status = res.statusCode
    this.#reason = reasonOf(res)
    for (const name of res.getRawHeaderNames?.() ?? res.getHeaderNames()) this.set(name, valuesOf(res, name))
  }

  get(name: string): string | null {
    const field = this.#fields.get(name.toLowerCase())
    return field ? [field[1]].flat().join(', ') : null
  }

  set(name: string, values: Values): void {
    this.#fields.set(name.toLowerCase(), [name, values])
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase())
  }

  append(name: string, value: string): void {
    const field = this.#fields.get(name.toLowerCase())
    this.set(field?.[0] ?? name, field ? [field[1], value].flat() : [value])
  }

  getSetCookie(): string[] {
    return [this.#fields.get('set-cookie')?.[1] ?? []].flat()
  }

  keys(): Iterable<string> {
    return this.#fields.keys()
  }

  /** Makes the response have this head, whatever it has been given since. */
  restore(res: NodeResponse): void {
    res.statusCode = this.#status
    if (reasonOf(res) !== this.#reason) res.statusMessage = this.#reason ?? ''
    for (const name of res.getHeaderNames()) if (!this.#fields.has(name.toLowerCase())) res.removeHeader(name)
    for (const [name, values] of this.#fields.values()) res.setHeader(name, values)
  }
}

/** The headers that have left with a response; they can't be changed any more. */
export function sentHeaders(res: NodeResponse): HeaderTarget {
  return {
    get: (name) => (res.getHeader(name) === undefined ? null : [valuesOf(res, name)].flat().join(', ')),
    getSetCookie: () =>
      res.getHeader('set-cookie') === undefined ? [] : [valuesOf(res, 'set-cookie')].flat(),
    keys: () => res.getHeaderNames().map((name) => name.toLowerCase()),
    set() {},
    append() {},
    delete() {},
  }
}

/** Gives a response what `writeHead` was called with, in all its forms, and sends nothing. */
export function applyHead(res: NodeResponse, [status, reason, fields]: readonly unknown[]): void {
  res.statusCode = status as number
  if (typeof reason === 'string') res.statusMessage = reason
  const given = fields ?? (typeof reason === 'string' ? undefined : reason)
  if (Array.isArray(given)) applyPairs(res, pairsOf(given))
  else for (const [name, value] of Object.entries(given ?? {})) res.setHeader(name, value as Values)
}

/** A list replaces what was set before, but may itself name a header more than once. */
function applyPairs(res: NodeResponse, pairs: readonly (readonly [string, Values])[]): void {
  const lists = new Map<string, [name: string, values: Values[]]>()
  for (const [name, value] of pairs) {
    const list = lists.get(name.toLowerCase()) ?? [name, []]
    list[1].push(value)
    lists.set(name.toLowerCase(), list)
  }
  for (const [name, values] of lists.values()) {
    res.setHeader(name, values.length === 1 ? (values[0] as Values) : values.flat())
  }
}

/** `[name, value, name, value]` or `[[name, value], [name, value]]`. */
function pairsOf(list: readonly unknown[]): (readonly [string, Values])[] {
  if (Array.isArray(list[0])) return list as [string, Values][]
  if (list.length % 2 !== 0) throw new TypeError('writeHead: the list of headers has a name without a value.')
  return list.flatMap((name, at) => (at % 2 === 0 ? [[name as string, list[at + 1] as Values]] : []))
}

function valuesOf(res: NodeResponse, name: string): Values {
  const value = res.getHeader(name)
  return Array.isArray(value) ? value.map(String) : String(value)
}

/** The reason phrase that was set, if any: HTTP/2 has none, and warns whoever asks. */
export function reasonOf(res: NodeResponse): string | undefined {
  return Object.hasOwn(res, 'statusMessage') ? res.statusMessage : undefined
}
