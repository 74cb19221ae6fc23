import { type Bytes, concat, fromBase64url, utf8 } from '../core/bytes.ts'
import { decrypt } from './aes.ts'
import { asObject, fromJson } from './encodings.ts'

const FORM = /^([\w-]{10,200})\.\.([\w-]{16})\.([\w-]+)\.([\w-]{22})$/

/**
 * The claims of a JWE in compact form (RFC 7516 §7.1), `undefined` where this key did not make it. Only direct use of a
 * key of 32 bytes with AES-256-GCM (RFC 7518 §4.5, §5.3): the header may not choose, nor ask for anything more.
 */
export async function openJwe(token: string, key: Bytes): Promise<Record<string, unknown> | undefined> {
  const [, header, ...rest] = FORM.exec(token) ?? []
  if (header === undefined || !isDirect(header)) return undefined
  const [iv, box, tag] = rest.map(fromBase64url)
  if (!iv || !box || !tag) return undefined
  const plain = await decrypt({ name: 'AES-GCM', iv, additionalData: utf8(header) }, key, concat(box, tag))
  return plain ? asObject(fromJson(plain)) : undefined
}

function isDirect(header: string): boolean {
  const bytes = fromBase64url(header)
  const { alg, enc, ...more } = (bytes && asObject(fromJson(bytes))) || {}
  return alg === 'dir' && enc === 'A256GCM' && Object.keys(more).length === 0
}
