/** What a proxy says of the connection that came to it. */
export interface Hop {
  /** Who spoke to it. */
  readonly address?: string
  readonly scheme?: 'http' | 'https'
  readonly host?: string
}

/** Reads a header of the request. */
export type ReadHeader = (name: string) => string | null

/**
 * What the proxies have said, the nearest first. `Forwarded` counts where there is none of the older headers: those who
 * write these pass a visitor's `Forwarded` on.
 */
export function hopsOf(read: ReadHeader): Hop[] {
  // each proxy writes a list anew, passes it on, or adds to its end: so the ends are what lines up
  const lists = ['for', 'proto', 'host'].map((name) => read(`x-forwarded-${name}`)?.split(',').reverse())
  const length = Math.max(...lists.map((list) => list?.length ?? 0))
  if (length > 0) return Array.from({ length }, (_, at) => hop(...lists.map((list) => list?.[at])))
  return elementsOf(read('forwarded') ?? '').map((pairs) =>
    hop(pairs.get('for'), pairs.get('proto'), pairs.get('host')),
  )
}

const SCHEMES: ReadonlyMap<string | undefined, 'http' | 'https'> = new Map([
  ['http', 'http'],
  ['https', 'https'],
  // what some proxies call the handshake of a WebSocket
  ['ws', 'http'],
  ['wss', 'https'],
])

/** What is no address, scheme or host is nothing said. */
function hop(...[address, proto, host]: (string | undefined)[]): Hop {
  const scheme = SCHEMES.get(proto?.trim().toLowerCase())
  const name = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.exec(host?.trim() ?? '')?.[0]
  const from = addressOf(address?.trim() ?? '')
  return { ...(from && { address: from }), ...(scheme && { scheme }), ...(name && { host: name }) }
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`. */
function addressOf(text: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([^:]*):\d+$/.exec(text)?.[1] ?? text
}

// a pair, or nothing, and what ends it; blanks belong to the pair, so that no text is tried twice
const PAIR = /(?:[ \t]*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+)))?[ \t]*([;,]|$)/y

/** The elements of `Forwarded` (RFC 7239 §4), the last first; none if it is malformed: who knows who wrote what then. */
function elementsOf(header: string): Map<string, string>[] {
  const elements = [new Map<string, string>()]
  for (let at = 0; at < header.length; ) {
    PAIR.lastIndex = at
    const [all, name, quoted, plain = '', end] = PAIR.exec(header) ?? []
    if (all === undefined) return []
    if (name !== undefined) elements.at(-1)?.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain)
    if (end === ',') elements.push(new Map())
    at += all.length
  }
  return elements.reverse()
}
