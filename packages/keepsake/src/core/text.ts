import { utf8 } from './bytes.ts'
import { SessionError } from './errors.ts'

const ESCAPED = '~'
const NOT_EVERYWHERE = /[\0\p{Surrogate}]|^[~\uFEFF]/u

/** Text that any engine keeps as it is: what has a lone surrogate or NUL, or begins with a byte order mark, is written as JSON. */
export function escapeText(text: string): string {
  return NOT_EVERYWHERE.test(text) ? ESCAPED + JSON.stringify(text) : text
}

/** What {@link escapeText} was given. */
export function unescapeText(text: string): string {
  return text.startsWith(ESCAPED) ? (JSON.parse(text.slice(ESCAPED.length)) as string) : text
}

/** The largest value that a store keeps unless its engine keeps less, in bytes: what is larger is no session. */
export const LARGEST_VALUE = 1_000_000

/** The text as {@link escapeText} writes it. @throws {SessionError} `too_large` when that is more than `limit` bytes. */
export function storable(text: string, limit: number = LARGEST_VALUE): string {
  return fitting(escapeText(text), limit)
}

/** The text itself. @throws {SessionError} `too_large` when it has more than `limit` bytes of UTF-8. */
export function fitting(text: string, limit: number = LARGEST_VALUE): string {
  // no character takes more than three bytes
  const size = text.length * 3 <= limit ? 0 : utf8(text).length
  if (size <= limit) return text
  throw new SessionError(
    'too_large',
    `The session takes ${size} bytes and this store keeps at most ${limit}: keep less in it`,
    { size, limit },
  )
}
