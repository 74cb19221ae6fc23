import { concat, utf8 } from '../core/bytes.ts'

/** A form's fields are looked for in so many bytes. */
const READ = 65_536

/** One field of the form that a request brings, of its first 64 KiB; the body is left for the handler. */
export async function formField(request: Request, name: string): Promise<string | undefined> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return undefined
  try {
    const copy = request.body && request.clone().body
    if (!copy) return undefined
    const read = await firstBytes(copy)
    return type.toLowerCase().startsWith('a') ? fieldOf(read, name) : await partOf(read, type, name)
  } catch {
    // read before, broken off, or no form: none of it says what the field was
    return undefined
  }
}

interface Read {
  readonly bytes: Uint8Array
  /** It is the whole body. */
  readonly whole: boolean
}

async function firstBytes(body: ReadableStream<Uint8Array>): Promise<Read> {
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  while (length < READ) {
    const { done, value } = await reader.read()
    if (done) return { bytes: concat(...chunks), whole: true }
    chunks.push(value)
    length += value.length
  }
  // it resolves only when the handler has done with its own
  reader.cancel().catch(() => undefined)
  return { bytes: concat(...chunks).subarray(0, READ), whole: false }
}

function fieldOf({ bytes, whole }: Read, name: string): string | undefined {
  const text = new TextDecoder().decode(bytes)
  const sure = whole ? text : text.slice(0, text.lastIndexOf('&') + 1)
  return new URLSearchParams(sure).get(name) ?? undefined
}

/** Of a form that goes on beyond what was read, the parts that are complete. */
async function partOf({ bytes, whole }: Read, type: string, name: string): Promise<string | undefined> {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? []
  const border = `\r\n--${quoted ?? plain}`
  // one character a byte
  const end = new TextDecoder('latin1').decode(bytes).lastIndexOf(border)
  const body = whole ? bytes : concat(bytes.subarray(0, Math.max(end, 0)), utf8(`${border}--\r\n`))
  const form = await new Response(body as BodyInit, { headers: { 'content-type': type } }).formData()
  const value = form.get(name)
  return typeof value === 'string' ? value : undefined
}
