import { fromUtf8 } from '../core/bytes.ts'

/** The text that `encodeURIComponent` makes this of, `''` where it makes it of none. */
export function fromPercent(encoded: string): string {
  try {
    const text = decodeURIComponent(encoded)
    return encodeURIComponent(text) === encoded ? text : ''
  } catch {
    return ''
  }
}

/** What JSON in UTF-8 says, `undefined` where it is none. Members called `__proto__` are left out. */
export function fromJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes) ?? '', (key, value) => (key === '__proto__' ? undefined : value))
  } catch {
    return undefined
  }
}

/** An object of members, `undefined` where it is anything else. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : undefined
}
