import { cookieHeader, type Data, request } from '../data.ts'
import { type AtWork, type Subject, steps } from '../subject.ts'

const ATTRIBUTES = '; Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Lax'

/** What nobody can do without: the header, base64url, one AES-256-GCM with a key at hand, JSON. */
export interface Raw {
  open(text: string): Data | Promise<Data>
  seal(data: Data): string | Promise<string>
}

/** AES-256-GCM of `node:crypto`, synchronous. */
export const nodeLimit: Subject = limit('limit: node:crypto AES-GCM', rawNode)

export async function rawNode(): Promise<Raw> {
  const { createCipheriv, createDecipheriv, createSecretKey, randomBytes } =
    process.getBuiltinModule('node:crypto')
  const { Buffer } = process.getBuiltinModule('node:buffer')
  const key = createSecretKey(randomBytes(32))
  const options = { authTagLength: 16 }
  return {
    open(text) {
      const bytes = Buffer.from(text, 'base64url')
      const end = bytes.length - 16
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), options)
      decipher.setAuthTag(bytes.subarray(end))
      return JSON.parse(decipher.update(bytes.subarray(12, end), undefined, 'utf8') + decipher.final('utf8'))
    },
    seal(data) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const cipher = createCipheriv('aes-256-gcm', key, iv, options)
      const box = cipher.update(JSON.stringify(data), 'utf8')
      cipher.final()
      return Buffer.concat([iv, box, cipher.getAuthTag()]).toString('base64url')
    },
  }
}

/** One call of Web Cryptography each way. */
export const webLimit: Subject = limit('limit: WebCrypto AES-GCM', async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
  const base64url = codec()
  return {
    async open(text) {
      const bytes = base64url.decode(text)
      const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, 12) }
      return JSON.parse(decoder.decode(await crypto.subtle.decrypt(algorithm, key, bytes.subarray(12))))
    },
    async seal(data) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const plain = encoder.encode(JSON.stringify(data))
      const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain)
      const bytes = new Uint8Array(12 + box.byteLength)
      bytes.set(iv)
      bytes.set(new Uint8Array(box), 12)
      return base64url.encode(bytes)
    },
  }
})

function limit(name: string, make: () => Promise<Raw>): Subject {
  return {
    name,
    kind: 'limit',
    async start(data: Data): Promise<AtWork> {
      const raw = await make()
      const cookie = cookieHeader([`sid=${await raw.seal(data)}`])
      const told = (text: string): string[] => [`sid=${text}${ATTRIBUTES}`]
      return steps(
        {
          prepare: () => request(cookie),
          work: (incoming: Request) => raw.open(find(incoming.headers.get('cookie') ?? '')),
        },
        {
          prepare: () => ({ ...data, views: data.views + 1 }),
          work(changed: Data) {
            const text = raw.seal(changed)
            return typeof text === 'string' ? told(text) : text.then(told)
          },
        },
      )
    },
  }
}

function find(header: string): string {
  const start = header.indexOf('sid=') + 4
  const end = header.indexOf(';', start)
  return header.slice(start, end === -1 ? undefined : end)
}

interface Base64url {
  encode(bytes: Uint8Array): string
  decode(text: string): Uint8Array<ArrayBuffer>
}

/** The quickest of this runtime. */
function codec(): Base64url {
  const { Buffer, Bun } = globalThis as { Buffer?: typeof import('node:buffer').Buffer; Bun?: unknown }
  if (Buffer && !Bun && navigator.userAgent !== 'Cloudflare-Workers') {
    return {
      encode: ({ buffer, byteOffset, length }) =>
        Buffer.from(buffer, byteOffset, length).toString('base64url'),
      decode: (text) => Buffer.from(text, 'base64url') as Uint8Array<ArrayBuffer>,
    }
  }
  const alphabet = { alphabet: 'base64url', omitPadding: true }
  const native = Uint8Array as unknown as { fromBase64(text: string, how: object): Uint8Array<ArrayBuffer> }
  return {
    encode: (bytes) => (bytes as unknown as { toBase64(how: object): string }).toBase64(alphabet),
    decode: (text) => native.fromBase64(text, alphabet),
  }
}
