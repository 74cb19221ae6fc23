import { type Awaitable, chain } from './awaitable.ts'
import { randomBytes, toBase64url } from './bytes.ts'
import { derived, type Roots } from './derived.ts'
import type { RequestLike } from './loopback.ts'

/** What ties a session to the client it was made for, besides its token: a value of `keepsake/bind`. */
export interface Binding {
  /** What a client is known by; of each value the first 1024 characters count. */
  clientOf(request: RequestLike): readonly string[]
  /** What becomes of a session that another client brings. */
  readonly onMismatch: 'end' | 'anonymous' | 'report'
}

/** What a stamp is made by. */
type Stamping = Roots & { readonly bind: Binding | undefined }

// characters
const SALT = 12
const HASH = 22

/** What a record keeps of a client: salt and hash. It recognises the client, and tells nothing of it. */
export function stampOf(settings: Stamping, request: RequestLike): Awaitable<string> {
  return chain(stampsOf(settings, request, toBase64url(randomBytes(9))), ([stamp = '']) => stamp)
}

/** Whether this request is from the client that the stamp was made for, by any key of the ring. */
export function fits(settings: Stamping, request: RequestLike, stamp: string): Awaitable<boolean> {
  return chain(stampsOf(settings, request, stamp.slice(0, SALT)), (stamps) => stamps.includes(stamp))
}

function stampsOf(settings: Stamping, request: RequestLike, salt: string): Awaitable<readonly string[]> {
  const client = settings.bind?.clientOf(request).map((value) => value.slice(0, 1024)) ?? []
  return chain(derived(settings, salt, '', ['bind', ...client]), (hashes) =>
    hashes.map((hash) => `${salt}${toBase64url(hash).slice(0, HASH)}`),
  )
}
