import { isWorkerd, type Navigated } from './workerd.ts'

/** Bytes as Web Cryptography takes them. They may be part of a larger piece of memory: `buffer` is not theirs alone. */
export type Bytes = Uint8Array<ArrayBuffer>

/** How a runtime makes bytes and texts of each other; every codec gives the same results. */
export interface Codec {
  /** Memory with anything in it. */
  allocate(length: number): Bytes
  utf8(text: string): Bytes
  /** Some of them; whether as a view or a copy is left open, so neither is to be changed. */
  part(bytes: Bytes, from: number, to?: number): Bytes
  toBase64url(bytes: Uint8Array): string
  /** Of canonical base64url its bytes; of anything else any bytes, or a throw. */
  fromBase64url(text: string): Bytes
}

const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const
const ENCODER: TextEncoder = new TextEncoder()

const standard = {
  allocate: (length: number): Bytes => new Uint8Array(length),
  utf8: (text: string): Bytes => ENCODER.encode(text),
  part: (bytes: Bytes, from: number, to?: number): Bytes => bytes.subarray(from, to),
}

interface NativeBytes {
  toBase64(options: typeof BASE64URL): string
}

interface NativeConstructor {
  fromBase64(text: string, options: typeof BASE64URL): Bytes
}

/** The methods of ES2026. */
export const nativeCodec: Codec = {
  ...standard,
  toBase64url: (bytes) => (bytes as unknown as NativeBytes).toBase64(BASE64URL),
  fromBase64url: (text) => (Uint8Array as unknown as NativeConstructor).fromBase64(text, BASE64URL),
}

/** JavaScriptCore keeps small arrays within themselves until somebody takes a view of them: twice as long as a copy. */
export const bunCodec: Codec = { ...nativeCodec, part: (bytes, from, to) => bytes.slice(from, to) }

/** What exists everywhere. */
export const portableCodec: Codec = {
  ...standard,
  toBase64url(bytes) {
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  },
  fromBase64url(text) {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  },
}

interface NodeBuffer {
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
  readonly length: number
  toString(encoding: 'base64url'): string
}

interface BufferConstructor {
  allocUnsafe(length: number): NodeBuffer
  from(text: string, encoding: 'utf8' | 'base64url'): NodeBuffer
  from(buffer: ArrayBufferLike, offset: number, length: number): NodeBuffer
}

/** Node's Buffer, whose pool spares an allocation that would cost more than the work. */
export function bufferCodec(buffer: BufferConstructor): Codec {
  return {
    allocate: (length) => plain(buffer.allocUnsafe(length)),
    utf8: (text) => plain(buffer.from(text, 'utf8')),
    part: standard.part,
    toBase64url: ({ buffer: memory, byteOffset, length }) =>
      buffer.from(memory, byteOffset, length).toString('base64url'),
    fromBase64url: (text) => plain(buffer.from(text, 'base64url')),
  }
}

/** The same memory without Buffer's own ideas of `slice` and `toString`. */
export function plain({ buffer, byteOffset, length }: Omit<NodeBuffer, 'toString'>): Bytes {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length)
}

interface Host extends Navigated {
  readonly Buffer?: BufferConstructor
  readonly Bun?: unknown
}

/** The quickest: measured, Buffer on Node and Deno, the methods of ES2026 on Bun and workerd. */
export function chooseCodec(host: Host): Codec {
  if (host.Buffer && !host.Bun && !isWorkerd(host)) return bufferCodec(host.Buffer)
  if (!('toBase64' in Uint8Array.prototype && 'fromBase64' in Uint8Array)) return portableCodec
  return host.Bun ? bunCodec : nativeCodec
}
