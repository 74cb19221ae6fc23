/** A cookie as it was given; without a name if only its value was. */
export interface GivenCookie {
  readonly name: string | undefined
  readonly value: string
}

/** A value may end in `=`, or go on with `--`, after it: Ruby's base64 is padded. */
const PAIR = /^([!#$%&'*+.^_`|~\w-]+)=(?!=|--|$)(.+)$/s
const HEADER = /^(?:set-)?cookie:\s*/i
const ATTRIBUTE = /^(?:path|domain|expires|max-age|samesite|secure|httponly|partitioned|priority)$/i

/** The cookies of a value, of `name=value`, or of lines of Cookie and Set-Cookie headers. */
export function cookiesIn(text: string): GivenCookie[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .flatMap(cookiesOfLine)
}

function cookiesOfLine(line: string): GivenCookie[] {
  const header = line.replace(HEADER, '')
  const isHeader = header !== line || header.includes(';')
  if (!isHeader) return [pairIn(header) ?? { name: undefined, value: header }]
  return header
    .split(';')
    .map((part) => pairIn(part.trim()))
    .filter((pair, i) => pair !== undefined && (i === 0 || !ATTRIBUTE.test(pair.name ?? '')))
    .filter((pair) => pair !== undefined)
}

function pairIn(text: string): GivenCookie | undefined {
  const [, name, value] = PAIR.exec(text) ?? []
  return value === undefined ? undefined : { name, value }
}
