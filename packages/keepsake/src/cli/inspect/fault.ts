import { fromBase64url } from '../../core/bytes.ts'

interface Form {
  readonly begins: RegExp
  readonly what: string
  readonly length?: number
  readonly shortest?: number
}

/** The first two characters tell the first byte. */
const FORMS: readonly Form[] = [
  { begins: /^A[Q-Za-f]/, what: 'an encrypted seal', shortest: 103 },
  { begins: /^A[w-z0-9_-]/, what: 'a token', length: 103 },
  { begins: /^B[A-P]/, what: 'a token without secrets', length: 76 },
]

/** Where a value that begins like one of ours is broken; `undefined` where it does not. */
export function faultOf(value: string): string | undefined {
  if (/^A[g-v]/.test(value) && value.includes('.')) return signedFault(value)
  const form = FORMS.find(({ begins }) => begins.test(value))
  if (!form) return undefined
  const { what, length, shortest } = form
  const size = value.length
  const fault =
    spellingFault(value) ??
    (length !== undefined && size !== length
      ? `it has ${size} characters, ${what} has ${length}`
      : undefined) ??
    (shortest !== undefined && size < shortest
      ? `it has ${size} characters, ${what} at least ${shortest}`
      : undefined)
  return `Begins like ${what}, but ${fault ?? 'its shard, byte 9, is none'}.`
}

function signedFault(value: string): string {
  const parts = value.split('.')
  const faults = parts.map(spellingFault)
  const at = faults.findIndex((fault) => fault !== undefined)
  if (at >= 0) return `Begins like a signed seal, but in part ${at + 1}, ${faults[at]}.`
  if (parts.length !== 3) return `Begins like a signed seal, but has ${parts.length} parts where there are 3.`
  return 'Begins like a signed seal, but its first or last part has another length: it is cut off or lengthened.'
}

function spellingFault(text: string): string | undefined {
  const at = text.search(/[^\w-]/)
  if (at >= 0) return `character ${at + 1} is ${JSON.stringify(text[at])}, which base64url does not have`
  if (text.length % 4 === 1)
    return `it has ${text.length} characters, which no bytes give: it is cut off or lengthened`
  return fromBase64url(text)
    ? undefined
    : 'its last character is one that no bytes give: it is cut off or altered'
}
