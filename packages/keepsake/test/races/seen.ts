import { readRecord } from '../../src/core/record.ts'
import type { Stored } from '../../src/index.ts'
import { contentsOf } from './legible.ts'
import type { Content } from './requests.ts'

/** A session's record, read. */
export interface Seen {
  readonly id: string
  readonly epoch: string
  readonly owner: string | undefined
  readonly content: Content
}

/** The session in this record; `undefined` if there is none. */
export function seenIn(id: string, stored: Pick<Stored, 'value'> | null): Seen | undefined {
  const parts = stored && readRecord(stored.value)
  if (!parts?.short.e) return undefined
  const { data, flash } = parts.closed ? contentsOf(parts.closed.box) : parts
  const content = { data: JSON.parse(data), flash: JSON.parse(flash) }
  return { id, epoch: parts.short.e, owner: parts.short.o, content }
}
