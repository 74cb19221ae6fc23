import type { Bytes } from '../core/bytes.ts'
import { asObject, fromJson } from './encodings.ts'
import { isMarshal, readMarshal } from './marshal.ts'

/** The session in bytes of Ruby's Marshal or JSON, `undefined` where it is none, or holds what may not be read. */
export function readRackBody(bytes: Bytes): Record<string, unknown> | undefined {
  return asObject(isMarshal(bytes) ? readMarshal(bytes) : fromJson(bytes))
}

/** The id that Rack keeps in a session, `undefined` where it has none. */
export function idOf({ session_id: id }: Record<string, unknown>): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined
}
