import { type Awaitable, all, chain } from './awaitable.ts'
import { type Bytes, bytesOf, frame } from './bytes.ts'
import { engine } from './crypto.ts'
import type { KeyRing } from './keys.ts'

const LABEL = 'keepsake/derived'

/** What is derived hangs on these, and opens nothing at another audience. */
export interface Roots {
  readonly ring: KeyRing | undefined
  readonly audience: string
}

/**
 * 32 bytes that belong to one session and purpose, by each key of the ring: what the first makes is given out, all are
 * accepted. Without keys it hangs on the epoch alone, which only the record has.
 */
export function derived(
  { ring, audience }: Roots,
  id: string,
  epoch: string,
  purpose: readonly string[],
): Awaitable<readonly Bytes[]> {
  const framed = frame(LABEL, audience, id, epoch, ...purpose)
  if (!ring) return chain(engine().sha256(framed), (hash) => [bytesOf(hash)])
  return chain(ring.ready(), () =>
    all(ring.keys.map((key) => chain(key.mac(LABEL), (mac) => key.engine.mac(mac, framed)))),
  )
}
