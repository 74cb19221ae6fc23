const ESCAPED = '~'
const NOT_EVERYWHERE = /[\0\p{Surrogate}]|^~/u

/** Text that any engine keeps as it is: what has a lone surrogate or NUL is written as JSON, which escapes both. */
export function escapeText(text: string): string {
  return NOT_EVERYWHERE.test(text) ? ESCAPED + JSON.stringify(text) : text
}

/** What {@link escapeText} was given. */
export function unescapeText(text: string): string {
  return text.startsWith(ESCAPED) ? (JSON.parse(text.slice(ESCAPED.length)) as string) : text
}
