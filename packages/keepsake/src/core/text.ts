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
