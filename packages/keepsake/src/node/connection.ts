import { SessionError } from '../index.ts'
import { type Hop, hopsOf, type ReadHeader } from './forwarded.ts'
import { type Trust, trustIn } from './trust.ts'
import type { NodeRequest } from './types.ts'

/** How the visitor's connection is judged. */
export interface ConnectionOptions {
  /**
   * Whose `X-Forwarded-Proto`, `-Host` and `-For`, or else `Forwarded` (RFC 7239), say what scheme and host the visitor
   * asked for: a list of the proxies' addresses (`['loopback', '10.0.0.0/8', '::1']`), or how many proxies every
   * request has come through, where nobody can reach the app's port but through them. A proxy that is trusted must
   * set, extend or drop each of these headers: what it passes on, its visitor has written.
   *
   * @default nobody's: the scheme is the connection's own, the host what the Host header says
   */
  readonly trustProxy?: number | readonly string[]
  /**
   * `'auto'`: the cookie is Secure and prefixed for visitors who came by https, neither for those who came by http, on
   * any host and in production. Whoever is on the network between can read and plant the cookies of the latter; their
   * sessions are others than those of https as long as the cookie's `name` has a prefix, as by default. It needs
   * `trustProxy` where a proxy ends TLS. `cookie: { secure: true }` of the manager outdoes it.
   *
   * @default Secure and prefixed, except on plain-http localhost
   */
  readonly secure?: 'auto'
}

/** Where the visitor's request went. */
interface Origin {
  readonly scheme: 'http' | 'https'
  readonly host: string
}

/** @throws {SessionError} `config` for a `trustProxy` or `secure` that is not known; it names the remedy. */
export function originReader(options: ConnectionOptions): (req: NodeRequest, read: ReadHeader) => Origin {
  if (options.secure !== undefined && options.secure !== 'auto')
    throw new SessionError(
      'config',
      "secure: 'auto', or left out. For a cookie that is always Secure, say cookie: { secure: true } to the manager.",
    )
  const trusts = trustIn(options.trustProxy)
  return ({ socket }, read) => {
    const { encrypted, remoteAddress }: Peer = socket
    const own = { scheme: encrypted === true ? 'https' : 'http', host: read('host') ?? '' } as const
    return trusts ? { ...own, ...toldBy(hopsOf(read), remoteAddress, trusts) } : own
  }
}

interface Peer {
  readonly encrypted?: unknown
  readonly remoteAddress?: string | undefined
}

/** From the nearest proxy outward: the farthest that is trusted was the visitor's. */
function toldBy(hops: readonly Hop[], peer: string | undefined, trusts: Trust): Partial<Origin> {
  let from = peer
  let told: Hop = {}
  for (const [at, hop] of hops.entries()) {
    if (!trusts(from, at)) break
    told = { ...told, ...hop }
    from = hop.address
  }
  const { address: _, ...origin } = told
  return origin
}
