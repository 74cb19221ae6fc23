import { toBase64url } from '../../core/bytes.ts'
import { LONGEST } from '../../core/duration.ts'
import { describe } from '../../core/explain.ts'
import { KeyRing } from '../../core/keys.ts'
import { readRecord } from '../../core/record.ts'
import { PROTECTIONS, type Protection, type SealContent, type Unsealed, unseal } from '../../core/seal.ts'
import { readEncrypted } from '../../core/seal-encrypted.ts'
import type { Failed } from '../../core/seal-format.ts'
import { readSigned } from '../../core/seal-signed.ts'
import { contextAt, type Place, placesFor, ringOf, unopened } from './context.ts'
import type { Finding } from './finding.ts'
import type { Question } from './question.ts'

/** What a seal says without being opened. */
type Outside = Omit<Finding, 'state'>

const UNBOUND = 'Was it made under another name (--name), audience (--audience) or purpose (--purpose)?'

/** What a seal of ours is, encrypted or signed; `undefined` for anything else. */
export async function inspectSeal(question: Question): Promise<Finding | undefined> {
  const { value } = question.cookie
  const sealed = readEncrypted(value)
  if (sealed) {
    return opening(question, 'encrypt', { ...ours('seal, encrypted'), ...sealed })
  }
  const signed = readSigned(value)
  if (!signed) return undefined
  const { keyId, content } = signed
  return opening(question, 'sign', {
    ...ours('seal, signed: anybody can read it'),
    keyId,
    ...(content && inside(content)),
  })
}

function ours(kind: string): { library: string; kind: string } {
  return { library: 'keepsake', kind }
}

async function opening(question: Question, by: 'encrypt' | 'sign', outside: Outside): Promise<Finding> {
  const ring = ringOf(question.secrets)
  if (!(ring instanceof KeyRing)) return judged(question, { ...outside, ...unopened(ring) })
  return openedBy(question, ring, PROTECTIONS[by], outside)
}

/** What it comes to in the first of the places where it opens. */
export async function openedBy(
  question: Question,
  ring: KeyRing,
  protection: Protection,
  outside: Outside,
): Promise<Finding> {
  let last: Failed = { failure: 'malformed' }
  for (const place of placesFor(question)) {
    const context = contextAt(place, ring, protection, question.audience)
    const opened: Unsealed = await unseal(context, question.cookie.value, question.now, LONGEST)
    if ('content' in opened) return opens(question, place, opened, outside)
    last = opened
  }
  return refused(last, ring, outside)
}

function opens(
  question: Question,
  place: Place,
  { content, keyId }: Exclude<Unsealed, Failed>,
  outside: Outside,
): Finding {
  const named = question.cookie.name === undefined && place.name !== ''
  return judged(question, {
    ...outside,
    kind: `${place.what} (${outside.kind})`,
    state: 'opens',
    verified: true,
    keyId,
    ...(named && { name: place.name }),
    ...inside(content),
  })
}

/** Its limits, as it has them itself, and by the lifetime that was given. */
export function judged(question: Question, finding: Finding): Finding {
  const { createdAt, issuedAt: lastSeenAt, expiresAt, id = '' } = finding
  if (createdAt === undefined || lastSeenAt === undefined || expiresAt === undefined) return finding
  const absolute = createdAt + question.lifetime
  const endedAt = Math.min(absolute, expiresAt)
  if (question.now < endedAt) return finding
  const type = endedAt === absolute ? 'expired-absolute' : 'expired-idle'
  return { ...finding, state: 'expired', ...told(describe({ type, id, createdAt, lastSeenAt, endedAt })) }
}

function refused({ failure, keyId = '', keyIds }: Failed, ring: KeyRing, outside: Outside): Finding {
  if (failure === 'unknown-key') {
    const said = describe({ type: failure, keyId, keyIds: keyIds ?? ring.ids() })
    return { ...outside, state: failure, ...told(said) }
  }
  if (failure === 'from-the-future') {
    return { ...outside, state: 'malformed', ...told(describe({ type: 'malformed', ahead: true })) }
  }
  const { message, remedy } = describe({ type: failure, keyId })
  if (failure !== 'tampered')
    return { ...outside, state: failure === 'malformed' ? failure : 'expired', ...told({ message, remedy }) }
  return { ...outside, state: failure, ...told({ message, remedy: UNBOUND }) }
}

function told({ message, remedy }: { message: string; remedy: string }): Pick<Finding, 'problem' | 'remedy'> {
  return { problem: message, remedy }
}

/** What is in it: a record, or the value of a one-off token. */
function inside({ id, createdAt, issuedAt, expiresAt, json }: SealContent): Partial<Finding> {
  const times = { id: toBase64url(id), createdAt, issuedAt, expiresAt }
  const record = readRecord(json)
  if (!record) return { ...times, data: (parsed(json) as { value?: unknown } | undefined)?.value }
  const { o: owner, a: authenticatedAt, l: label } = record.short
  return {
    ...times,
    ...(owner !== undefined && { owner }),
    ...(label !== undefined && { label }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
    data: parsed(record.data),
    ...(record.flash !== '{}' && { flash: parsed(record.flash) }),
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
