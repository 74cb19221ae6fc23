import { expect, it } from 'vitest'
import type { SessionEvent } from '../../src/core/events.ts'
import { describe, type Explanation } from '../../src/core/explain.ts'
import { pageText } from './snippets.ts'

type Code = Explanation['code']

/** Every code there is; the compiler misses one that is not here. */
const CODES = Object.keys({
  'bound-elsewhere': true,
  none: true,
  loaded: true,
  accepted: true,
  'not-accepted': true,
  'expired-idle': true,
  'expired-absolute': true,
  unknown: true,
  'not-yet-visible': true,
  revoked: true,
  superseded: true,
  reused: true,
  'unknown-key': true,
  tampered: true,
  malformed: true,
  schema: true,
  duplicate: true,
  'duplicate-ignored': true,
  'insecure-request': true,
  'no-cookie-cross-origin': true,
  'samesite-blocked': true,
  'other-name': true,
  'oversized-header': true,
  'too-large': true,
  'invalid-data': true,
  'too-late': true,
  conflict: true,
  'store-error': true,
  'cookie-dropped': true,
  'not-awaited': true,
  'public-response': true,
  'memory-store': true,
  'behind-proxy': true,
  'snapshot-too-large': true,
  'snapshot-asked': true,
} satisfies Record<Code, true>) as Code[]

const remedies = new Map(
  Array.from(
    pageText('docs/why-empty.md').matchAll(/^\| `([a-z-]+)` \| .+ \|(.*)\|$/gm),
    ([, code, remedy]) => [code, remedy?.trim()],
  ),
)

it('lists every code, and no other', () => {
  expect([...remedies.keys()].sort()).toEqual([...CODES].sort())
})

it.each(CODES)('gives the remedy of %s as explain does', (code) => {
  const known = code === 'none' || code === 'loaded' ? '' : describe({ type: code } as SessionEvent).remedy
  expect(remedies.get(code)).toBe(known)
})
