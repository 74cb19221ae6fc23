import { type Bytes, concat, equalBytes, equalText, fromBase64url, toHex } from '../core/bytes.ts'
import { decrypt } from './aes.ts'
import { fromBase64 } from './base64.ts'
import { hmac } from './mac.ts'

/** What a token carries, `null` where it is not genuine. */
export type OpenToken = (token: string) => Promise<Bytes | null>

const SALT = 32
const MAC = 32
const TAG = 16
const SHORTEST_V1 = 64

/**
 * Opens tokens of `Rack::Session::Encryptor`. Their first byte says which version they are; none is tried for another.
 * Version 2 was base64 at first, and base64url later.
 */
export function rackTokens(secret: Bytes, purpose: Bytes): OpenToken {
  const keyOf = hmac('SHA-256', secret.subarray(0, 32))
  const macOf = secret.length < SHORTEST_V1 ? undefined : hmac('SHA-256', secret.subarray(32))

  /** 01 ‖ salt ‖ counter(16) ‖ AES-256-CTR ‖ HMAC-SHA-256 over all of it and the purpose. */
  async function openV1(bytes: Bytes): Promise<Bytes | null> {
    const body = 1 + SALT + 16
    const end = bytes.length - MAC
    if (!macOf || bytes[0] !== 1 || end <= body) return null
    const mac = await macOf(concat(bytes.subarray(0, end), purpose))
    if (!equalBytes(mac, bytes.subarray(end))) return null
    const key = await keyOf(bytes.subarray(1, 1 + SALT))
    const counter = bytes.subarray(1 + SALT, body)
    return decrypt({ name: 'AES-CTR', counter, length: 128 }, key, bytes.subarray(body, end))
  }

  /** 02 ‖ salt ‖ iv(12) ‖ tag ‖ AES-256-GCM, which also vouches for 02, the salt and the purpose. */
  async function openV2(bytes: Bytes): Promise<Bytes | null> {
    const iv = 1 + SALT
    const tag = iv + 12
    const body = tag + TAG
    if (bytes.length <= body) return null
    const key = await keyOf(bytes.subarray(1, iv))
    const additionalData = concat(bytes.subarray(0, iv), purpose)
    const box = concat(bytes.subarray(body), bytes.subarray(tag, body))
    return decrypt({ name: 'AES-GCM', iv: bytes.subarray(iv, tag), additionalData }, key, box)
  }

  return async (token) => {
    const urlSafe = padded(token, (text) => fromBase64url(text.replace(/={1,2}$/, '')))
    const bytes = urlSafe ?? padded(token, fromBase64)
    const plain = await (bytes?.[0] === 2 ? openV2(bytes) : urlSafe && openV1(urlSafe))
    return plain && unpad(plain)
  }
}

/** Without the padding before it, whose length stands in the first two bytes, little endian. */
function unpad(plain: Bytes): Bytes | null {
  const start = 2 + (plain[0] ?? 0) + 256 * (plain[1] ?? 0)
  return start < plain.length ? plain.subarray(start) : null
}

/** Opens tokens of Rack 2: base64 ‖ `--` ‖ HMAC-SHA-1 in hexadecimal digits. */
export function legacyTokens(secret: Bytes): OpenToken {
  const macOf = hmac('SHA-1', secret)
  return async (token) => {
    const [, body = '', mac = ''] = /^(.+)--([0-9a-f]{40})$/s.exec(token) ?? []
    if (mac === '' || !equalText(mac, toHex(await macOf(body)))) return null
    // Rack 1 broke its base64 into lines
    return fromBase64(body.replaceAll('\n', ''))
  }
}

/** Opens tokens of Sinatra 3: base64 of AES-256-GCM ‖ `--` ‖ iv ‖ `--` ‖ tag. */
export function sinatraTokens(key: Bytes): OpenToken {
  return async (token) => {
    const parts = /^([\w+/]+={0,2})--([\w+/]{16})--([\w+/]{22}==)$/.exec(token) ?? []
    const [box, iv, tag] = parts.slice(1).map((part) => padded(part, fromBase64))
    if (!box || !iv || !tag) return null
    return decrypt({ name: 'AES-GCM', iv, additionalData: new Uint8Array(0) }, key, concat(box, tag))
  }
}

/** Ruby pads its base64; without padding it would be a second spelling of one token. */
function padded(text: string, decode: (text: string) => Bytes | null): Bytes | null {
  return text.length % 4 === 0 ? decode(text) : null
}
