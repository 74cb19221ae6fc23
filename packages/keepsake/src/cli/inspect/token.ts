import { describe } from '../../core/explain.ts'
import { KeyRing } from '../../core/keys.ts'
import { readToken, tokenClaims } from '../../core/token.ts'
import { ringOf, unopened } from './context.ts'
import type { Finding } from './finding.ts'
import { namesFor, type Question } from './question.ts'

/** What a token of ours is; its secret part is never told. `undefined` for anything else. */
export async function inspectToken(question: Question): Promise<Finding | undefined> {
  const claims = tokenClaims(question.cookie.value)
  if (!claims) return undefined
  const { id, generation, issuedAt, keyId } = claims
  const kind =
    keyId === undefined ? 'token of a stored session, without a MAC' : 'token of a stored session, with a MAC'
  const finding: Finding = {
    library: 'keepsake',
    kind,
    state: 'not-verified',
    ...(keyId !== undefined && { keyId }),
    id,
    generation,
    issuedAt,
  }
  const ring = ringOf(question.secrets)
  if (!(ring instanceof KeyRing)) return { ...finding, ...unopened(ring) }
  if (keyId === undefined) {
    const problem = 'Made by an app without secrets; one that has secrets refuses it.'
    return {
      ...finding,
      state: 'does-not-open',
      problem,
      remedy: 'Only the store knows whether it is genuine.',
    }
  }
  for (const name of namesFor(question)) {
    const read = await readToken({ ring, name, audience: question.audience }, question.cookie.value)
    if (!('failure' in read))
      return {
        ...finding,
        state: 'genuine',
        verified: true,
        ...(question.cookie.name === undefined && { name }),
      }
    if (read.failure === 'unknown-key') {
      const { message, remedy } = describe({ type: 'unknown-key', keyId, keyIds: ring.ids() })
      return { ...finding, state: 'unknown-key', problem: message, remedy }
    }
  }
  const { message } = describe({ type: 'tampered', keyId })
  const remedy = 'Was it made under another name (--name) or audience (--audience)?'
  return { ...finding, state: 'tampered', problem: message, remedy }
}
